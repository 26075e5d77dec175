"""Made-up requests."""
