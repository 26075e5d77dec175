"""What a forked process must leave to its parent: connections, and everything that reads from them."""


def belongs_to_parent(thing: object) -> RuntimeError:
    """Return the error for something that was made before the process was forked."""
    return RuntimeError(
        f"this {type(thing).__name__} was made before the process was forked, and its parent goes on with it: make "
        "another one in the child"
    )
