"""Delta: rounds of changes, and a store for what was delivered."""
