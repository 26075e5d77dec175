# Made by codegen from overrides/graph_meetings_runtime/delta/__init__.py; do not edit.
"""Delta: rounds of changes, and a store for what has been delivered."""
