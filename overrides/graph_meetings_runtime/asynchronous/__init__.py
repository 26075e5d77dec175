"""How the asynchronous client waits. `blocking` has modules of the same names that wait without an event loop."""
