# Made by codegen from overrides/graph_meetings_runtime/transcripts/__init__.py; do not edit.
"""What was said in a meeting."""
