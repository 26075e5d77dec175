# Made by codegen from archive/graph_meetings_archive/storage/__init__.py; do not edit.
"""Rows and places, committed together."""
