# Made by codegen from overrides/graph_meetings_runtime/http/__init__.py; do not edit.
"""Sending requests: authentication, retries, throttling, errors."""
