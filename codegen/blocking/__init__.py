"""The blocking twin of the runtime, made from the asynchronous one by its tokens."""
