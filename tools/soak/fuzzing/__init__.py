"""Made-up requests and responses."""
