"""The documented requests, as data, and which of them a cloud has."""
