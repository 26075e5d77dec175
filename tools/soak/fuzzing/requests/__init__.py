"""Random requests."""
