"""How a command is called: shared options, moments, and what is wrong use."""
