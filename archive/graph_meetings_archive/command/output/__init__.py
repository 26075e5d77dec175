"""What a command prints: rows, tables, progress and messages."""
