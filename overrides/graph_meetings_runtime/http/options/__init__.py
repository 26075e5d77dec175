"""What a client, or one request, can set: retries, timeouts, the largest body."""
