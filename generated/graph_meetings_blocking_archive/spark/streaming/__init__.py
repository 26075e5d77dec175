# Made by codegen from archive/graph_meetings_archive/spark/streaming/__init__.py; do not edit.
"""Streams: rounds on the driver, kept in a journal."""
