"""The summary of an update."""

from msgspec import Struct


class Failure(Struct, frozen=True):
    """Something that could not be archived. The next update retries it.

    Args:
        feed: the name of the feed, such as `recordings`.
        organizer: of the artifacts, or `None` if the feed is that of the whole tenant.
        reason: what went wrong.
        advice: what to do about it, if known.
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
    """The summary of an update for one feed.

    Args:
        feed: the name of the feed, such as `recordings`.
        added: the new rows in all tables of the feed.
        replaced: the rows that replaced an earlier version.
        removed: recordings or transcripts that the service has removed; their rows are kept and say so.
        files: the contents that were downloaded.
        size: the size of these contents in bytes.
        lost: the contents that the service no longer has; their rows say why.
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
    """The summary of an update.

    Args:
        feeds: one for each requested feed.
        organizers: the number of organizers that were updated.
    """

    feeds: tuple[FeedSummary, ...]
    organizers: int = 0

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What could not be archived, in all feeds."""
        return tuple(failure for feed in self.feeds for failure in feed.failures)

    @property
    def is_complete(self) -> bool:
        """Whether everything was archived."""
        return not self.failures

    def __getitem__(self, feed: str) -> FeedSummary:
        """Return the summary of a feed by its name.

        Raises:
            KeyError: it was not requested.
        """
        for each in self.feeds:
            if each.feed == feed:
                return each
        raise KeyError(feed)
