"""What a read is asked for, and the client that answers it."""
