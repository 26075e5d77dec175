"""Validation tokens: proof of who sent a batch, and for whom."""
