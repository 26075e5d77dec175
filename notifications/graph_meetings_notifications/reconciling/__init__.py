"""Finding what notifications have missed, by delta queries and in lists."""
