"""Damaged responses."""
