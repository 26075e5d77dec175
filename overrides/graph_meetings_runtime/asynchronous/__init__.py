"""How the asynchronous client waits: `blocking` has modules of the same names that do it without an event loop."""
