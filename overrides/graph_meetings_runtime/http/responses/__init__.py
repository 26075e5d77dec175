"""Responses: their bodies, and the errors of failed ones."""
