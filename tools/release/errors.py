"""The one error of a release: what is wrong, where, and what to do."""


class ReleaseError(Exception):
    """Something that must not be released, or that could not be.

    Args:
        message: what is wrong and what to do.
        place: the file, the commit or the address that it is wrong in.
    """

    def __init__(self, message: str, place: object = None) -> None:
        super().__init__(message if place is None else f"{place}: {message}")
