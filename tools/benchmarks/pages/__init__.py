"""Pages of made-up items, and reading them as models."""
