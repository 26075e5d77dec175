"""Delta: rounds of changes, and a store for what has been delivered."""
