"""Random requests and damaged responses."""
