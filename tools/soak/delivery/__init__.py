"""Every item is delivered exactly once, whatever fails."""
