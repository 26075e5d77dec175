"""How long a request may take."""

from dataclasses import dataclass

from kiota_abstractions.request_option import RequestOption


@dataclass(frozen=True, slots=True)
class Timeout(RequestOption):
    """The bounds of a request, in seconds; `None` where there is none.

    Give it to the client for all requests, or in `RequestConfiguration.options` for one.

    Args:
        connect: until a connection is there.
        read: until the next bytes come, and until a connection of the pool is free.
        total: until the whole answer is there, retries and the waits between them and for a turn included; of a
            content, until its first bytes.
    """

    connect: float | None = 30.0
    read: float | None = 100.0
    total: float | None = 900.0

    @staticmethod
    def get_key() -> str:
        """Give the key under which Kiota keeps this option."""
        return "graph_meetings.timeout"

    def as_extension(self) -> dict[str, float | None]:
        """Give httpx's form of it."""
        return {"connect": self.connect, "read": self.read, "write": self.read, "pool": self.read}
