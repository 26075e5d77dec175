"""How the blocking client waits: `asynchronous` has modules of the same names that do it on an event loop."""
