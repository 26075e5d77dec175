# Made by codegen from archive/graph_meetings_archive/feeds/attendance/__init__.py; do not edit.
"""Who attended meetings and virtual events."""
