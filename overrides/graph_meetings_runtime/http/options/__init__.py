"""Options of a client or of one request: retries, timeouts, the largest body."""
