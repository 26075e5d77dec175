"""What a browser is shown: what the emulator holds, and its JSON."""
