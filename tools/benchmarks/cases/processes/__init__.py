"""What is started, built and generated."""
