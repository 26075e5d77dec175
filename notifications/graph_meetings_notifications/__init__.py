"""Change notifications: verified, decrypted, kept until they are handled."""
