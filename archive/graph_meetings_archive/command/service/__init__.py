"""The service that a command uses: sign-in, cloud, emulator."""
