"""What was said in a meeting."""
