"""What the service posts: checked, decrypted, put into the inbox, and answered."""
