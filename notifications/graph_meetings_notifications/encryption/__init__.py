"""Certificates that the service encrypts resource data for, and the decryption."""
