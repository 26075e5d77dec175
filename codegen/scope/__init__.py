"""Scope: what the rules reach in the metadata."""
