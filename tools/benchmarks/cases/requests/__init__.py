"""Requests over loopback."""
