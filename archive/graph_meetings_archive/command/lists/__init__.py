"""The commands that list, and those that act on listed items."""
