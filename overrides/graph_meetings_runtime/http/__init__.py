"""Sending requests: authentication, retries, throttling, errors."""
