# Made by codegen from overrides/graph_meetings_runtime/content/__init__.py; do not edit.
"""Content: streams and downloads."""
