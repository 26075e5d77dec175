"""Content: streams and downloads."""
