"""What a row says of the content of its artifact."""

from msgspec import Struct

from graph_meetings import GraphError


class Content(Struct, frozen=True):
    """The content of an artifact, or why there is none.

    Args:
        file: its path below the folder of the archive, as in a URL.
        size: in bytes.
        sha256: in hexadecimal digits.
        problem: why there is none, `None` if there is one.
        error: what went wrong, if it may go better next time.
    """

    file: str | None = None
    size: int | None = None
    sha256: str | None = None
    problem: str | None = None
    error: GraphError | None = None

    @property
    def cells(self) -> tuple[object, ...]:
        """The values of the archive's own columns, but for `removed`."""
        return (self.file, self.size, self.sha256, self.problem)
