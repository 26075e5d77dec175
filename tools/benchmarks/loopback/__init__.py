"""The service on loopback and the clients that talk to it."""
