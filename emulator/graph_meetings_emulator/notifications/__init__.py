"""The sending side of change notifications: handshakes, encryption, signed tokens, and deliveries that go wrong."""
