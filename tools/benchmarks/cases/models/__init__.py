"""Models, without a service."""
