"""Events that have arrived and have not been handled, in SQLite."""
