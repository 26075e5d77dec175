"""How commands are called: shared options, moments, and errors of usage."""
