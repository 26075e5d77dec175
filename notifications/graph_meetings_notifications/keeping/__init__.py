"""Subscriptions: created, adopted, renewed, created again, and what was missed meanwhile."""
