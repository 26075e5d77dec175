"""Validation tokens: who sent a batch, and for whom."""
