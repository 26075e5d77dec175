"""The command `graph-meetings`: what the packages do, without code."""
