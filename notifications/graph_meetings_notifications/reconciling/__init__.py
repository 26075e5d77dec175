"""What notifications have missed, found by delta queries and in lists."""
