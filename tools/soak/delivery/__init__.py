"""Every item arrives, once, whatever fails meanwhile."""
