# Made by codegen from overrides/graph_meetings_runtime/http/responses/__init__.py; do not edit.
"""Responses: their bodies, and what failed ones stand for."""
