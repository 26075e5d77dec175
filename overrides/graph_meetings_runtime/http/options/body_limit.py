"""The largest JSON body that is read."""

from dataclasses import dataclass

from kiota_abstractions.request_option import RequestOption


@dataclass(frozen=True, slots=True)
class BodyLimit(RequestOption):
    """The largest JSON body that is read, after decompression. Content streams have no such limit.

    Pass it in `RequestConfiguration.options`. Pages of the service have a few hundred kilobytes; the default only keeps
    a broken or hostile server from filling the memory. Decoded, a body usually takes 3 to 5 times its size, and at most
    12 times the limit: beyond a MiB, it can have one value for every 16 bytes of the limit.

    Args:
        max_bytes: the limit in bytes.

    Raises:
        ValueError: the limit is less than 1.
    """

    max_bytes: int = 256 << 20

    def __post_init__(self) -> None:
        if self.max_bytes < 1:
            raise ValueError(f"max_bytes must be at least 1, not {self.max_bytes}")

    @staticmethod
    def get_key() -> str:
        """Return the key under which Kiota keeps this option."""
        return "graph_meetings.body_limit"
