"""Keeping subscriptions alive: creating, adopting, renewing and replacing them, and recording gaps."""
