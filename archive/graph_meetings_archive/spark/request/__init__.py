"""The request of a read: its options, its columns, and the client."""
