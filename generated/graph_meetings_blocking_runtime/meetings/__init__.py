# Made by codegen from overrides/graph_meetings_runtime/meetings/__init__.py; do not edit.
"""Online meetings, found by what people and call records know of them."""
