# Made by codegen from archive/graph_meetings_archive/feeds/__init__.py; do not edit.
"""What is exported, and where it comes from."""
