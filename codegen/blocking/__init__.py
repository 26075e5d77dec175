"""The blocking twin of the runtime, translated from the asynchronous one token by token."""
