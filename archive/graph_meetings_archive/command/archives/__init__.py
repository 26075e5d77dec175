"""The commands `graph-meetings export` and `graph-meetings status`."""
