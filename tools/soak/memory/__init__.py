"""Memory does not grow with what passes through."""
