"""Responses: their bodies, and what failed ones stand for."""
