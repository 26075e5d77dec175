"""Events that have arrived and are not yet handled, in SQLite."""
