"""Streams: rounds on the driver, kept in a journal."""
