"""What an update did."""

from msgspec import Struct


class Failure(Struct, frozen=True):
    """Something that could not be archived. The next update tries it again.

    Args:
        feed: the name of the feed, such as `recordings`.
        organizer: whose artifacts they are; `None` if the feed is of the whole tenant.
        reason: what went wrong.
        advice: what to do about it, if that is known.
    """

    feed: str
    organizer: str | None
    reason: str
    advice: str | None = None

    def __str__(self) -> str:
        of = f" of {self.organizer}" if self.organizer else ""
        advice = f" Hint: {self.advice}" if self.advice else ""
        return f"{self.feed}{of}: {self.reason}{advice}"


class FeedSummary(Struct, frozen=True):
    """What an update did for one feed.

    Args:
        feed: the name of the feed, such as `recordings`.
        added: rows that are new, in all tables of the feed.
        replaced: rows that took the place of an earlier version.
        removed: recordings or transcripts that the service has removed; their rows are kept and say so.
        files: contents that were downloaded.
        size: bytes of those contents.
        lost: contents that the service does not have any more; their rows say why.
        failures: what could not be archived.
    """

    feed: str
    added: int = 0
    replaced: int = 0
    removed: int = 0
    files: int = 0
    size: int = 0
    lost: int = 0
    failures: tuple[Failure, ...] = ()


class Summary(Struct, frozen=True):
    """What an update did.

    Args:
        feeds: one for each feed that was asked for.
        organizers: how many organizers were gone through.
    """

    feeds: tuple[FeedSummary, ...]
    organizers: int = 0

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What could not be archived, of all feeds."""
        return tuple(failure for feed in self.feeds for failure in feed.failures)

    @property
    def is_complete(self) -> bool:
        """Whether everything was archived."""
        return not self.failures

    def __getitem__(self, feed: str) -> FeedSummary:
        """Return the summary of a feed by its name.

        Raises:
            KeyError: it was not asked for.
        """
        for each in self.feeds:
            if each.feed == feed:
                return each
        raise KeyError(feed)
