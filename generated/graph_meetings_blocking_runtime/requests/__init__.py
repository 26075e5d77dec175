# Made by codegen from overrides/graph_meetings_runtime/requests/__init__.py; do not edit.
"""Request builders: from navigation and options to requests and pages."""
