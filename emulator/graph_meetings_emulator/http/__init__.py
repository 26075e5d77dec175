"""Requests, replies, and the server that exchanges them."""
