"""How the blocking client waits. `asynchronous` has modules of the same names that wait in an event loop."""
