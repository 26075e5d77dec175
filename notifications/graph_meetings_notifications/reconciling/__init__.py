"""What notifications have missed, found by delta and in lists."""
