"""What has come in and is not handled yet, in SQLite."""
