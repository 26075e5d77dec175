# Made by codegen from overrides/graph_meetings_runtime/client/__init__.py; do not edit.
"""The client, the root of the request builders."""
