"""Names in SQL."""


def quoted(name: str) -> str:
    """Return a name of a table or a column as SQL."""
    return '"' + name.replace('"', '""') + '"'
