"""The service that a command asks: sign-in, cloud, emulator."""
