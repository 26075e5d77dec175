"""What the first response of a download says about the content, which no later response may change."""

from msgspec import Struct

from graph_meetings_runtime.content.content_digest import ContentDigest


class Promise(Struct, frozen=True):
    """What a service says about a whole content; `None` for what it does not say.

    Args:
        etag: a strong validator.
        size: in bytes.
        digest: of the bytes.
    """

    etag: str | None = None
    size: int | None = None
    digest: ContentDigest | None = None

    def contradiction(self, later: "Promise") -> str | None:
        """Return how a later promise for the same content contradicts this one, `None` if it does not."""
        if None not in {self.size, later.size} and self.size != later.size:
            return f"the service first promised {self.size} bytes, then {later.size} bytes of the same content"
        if self.digest and later.digest and self.digest.contradicts(later.digest):
            return f"the service first promised the {self.digest}, then the {later.digest} for the same content"
        return None

    def completed_by(self, later: "Promise") -> "Promise":
        """Fill in what this promise does not say."""
        size = later.size if self.size is None else self.size
        return Promise(self.etag, size, self.digest or later.digest)
