"""Rows and places, committed together."""
