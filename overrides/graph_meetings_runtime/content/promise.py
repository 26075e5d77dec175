"""What the first response of a download says about the content; later responses must not contradict it."""

from msgspec import Struct

from graph_meetings_runtime.content.content_digest import ContentDigest


class Promise(Struct, frozen=True):
    """What the service says about a whole content; `None` where it does not say.

    Args:
        etag: a strong validator.
        size: in bytes.
        digest: of the bytes.
    """

    etag: str | None = None
    size: int | None = None
    digest: ContentDigest | None = None

    def contradiction(self, later: "Promise") -> str | None:
        """Return how a later promise for the same content contradicts this one, or `None` if it does not."""
        if None not in {self.size, later.size} and self.size != later.size:
            return f"the service first promised {self.size} bytes, then {later.size} bytes of the same content"
        if self.digest and later.digest and self.digest.contradicts(later.digest):
            return f"the service first promised the {self.digest}, then the {later.digest} for the same content"
        return None

    def completed_by(self, later: "Promise") -> "Promise":
        """Return this promise, with its gaps filled from a later one."""
        size = later.size if self.size is None else self.size
        return Promise(self.etag, size, self.digest or later.digest)
