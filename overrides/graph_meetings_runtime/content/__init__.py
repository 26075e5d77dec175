"""Content: streaming and downloading bytes."""
