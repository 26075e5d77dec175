# Made by codegen from overrides/graph_meetings_runtime/meetings/__init__.py; do not edit.
"""Finding online meetings by join URL and by call record."""
