"""Subscriptions to change notifications, with the checks of the service."""
