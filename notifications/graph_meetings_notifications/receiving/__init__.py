"""Receiving notifications: checking, decrypting, storing and acknowledging them."""
