"""The outcome of updates: their summaries, the status of an archive, and errors."""
