"""Change: what to do when the API changes."""
