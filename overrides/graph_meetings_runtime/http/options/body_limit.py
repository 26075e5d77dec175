"""The largest JSON body that is read."""

from dataclasses import dataclass

from kiota_abstractions.request_option import RequestOption


@dataclass(frozen=True, slots=True)
class BodyLimit(RequestOption):
    """The largest JSON body that is read, decompressed; content streams have no such limit.

    Pass it in `RequestConfiguration.options`. A page of the service has a few hundred kilobytes; the default only
    keeps a broken or hostile server from filling the memory. Decoded, a body usually takes 3 to 5 times as much, and at
    most 12 times the limit: beyond a MiB it may have a value for every 16 bytes of the limit.

    Args:
        max_bytes: the limit.

    Raises:
        ValueError: the limit is below 1.
    """

    max_bytes: int = 256 << 20

    def __post_init__(self) -> None:
        if self.max_bytes < 1:
            raise ValueError(f"max_bytes must be at least 1, not {self.max_bytes}")

    @staticmethod
    def get_key() -> str:
        """Return the key under which Kiota keeps this option."""
        return "graph_meetings.body_limit"
