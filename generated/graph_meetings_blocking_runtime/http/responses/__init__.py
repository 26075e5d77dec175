# Made by codegen from overrides/graph_meetings_runtime/http/responses/__init__.py; do not edit.
"""Responses: their bodies, and the errors of failed ones."""
