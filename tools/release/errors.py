"""The error of release commands."""


class ReleaseError(Exception):
    """A release is refused, or failed.

    Args:
        message: what is wrong and what to do.
        place: the file, commit or URL concerned.
    """

    def __init__(self, message: str, place: object = None) -> None:
        super().__init__(message if place is None else f"{place}: {message}")
