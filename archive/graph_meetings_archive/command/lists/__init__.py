"""The commands that list, and those that act on what a list shows."""
