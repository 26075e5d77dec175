"""Certificates for which the service encrypts resource data, and its decryption."""
