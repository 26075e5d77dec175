"""What is exported, and where it comes from."""
