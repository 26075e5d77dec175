# Made by codegen from archive/graph_meetings_archive/spark/planning/__init__.py; do not edit.
"""What the partitions of a read are."""
