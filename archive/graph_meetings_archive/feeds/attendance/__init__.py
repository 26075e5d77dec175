"""Who attended meetings and virtual events."""
