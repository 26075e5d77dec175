"""Made-up data, and the store that keeps it."""
