"""Contenders that our client is compared with."""
