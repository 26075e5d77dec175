"""Counts what an update does, while it runs."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from graph_meetings import GraphError
from graph_meetings_archive.outcome.summary import Failure, FeedSummary, Summary
from graph_meetings_runtime.tables.problems import Problem

_MOST_FAILURES = 10_000


@dataclass(slots=True)
class _FeedCounts:
    added: int = 0
    replaced: int = 0
    removed: int = 0
    files: int = 0
    size: int = 0
    lost: int = 0
    failures: dict[tuple[str | None, str], Failure] = field(default_factory=dict[tuple[str | None, str], Failure])


class Report:
    """What an update has done so far. Several threads can use it.

    Args:
        feeds: the names of the requested feeds.
    """

    def __init__(self, feeds: Iterable[str]) -> None:
        self._lock = threading.Lock()
        self._feeds = {name: _FeedCounts() for name in feeds}
        self._organizers = 0

    def committed(self, feed: str, added: int, replaced: int, removed: int) -> None:
        """Count what a commit has changed."""
        with self._lock:
            counts = self._feeds[feed]
            counts.added += added
            counts.replaced += replaced
            counts.removed += removed

    def downloaded(self, feed: str, size: int) -> None:
        """Count a content."""
        with self._lock:
            self._feeds[feed].files += 1
            self._feeds[feed].size += size

    def lost(self, feed: str) -> None:
        """Count a content that the service no longer has."""
        with self._lock:
            self._feeds[feed].lost += 1

    def failed(self, feed: str, organizer: str | None, error: GraphError) -> None:
        """Record that something could not be archived."""
        self.add(Failure(feed, organizer, _reason(error), error.hint))

    def malformed(self, feed: str, organizer: str | None, problem: Problem) -> None:
        """Record that a value did not fit its column."""
        self.add(Failure(feed, organizer, str(problem), "the value was left out; the rest of its row was archived"))

    def add(self, failure: Failure) -> None:
        """Record a failure, once."""
        with self._lock:
            failures = self._feeds[failure.feed].failures
            if len(failures) < _MOST_FAILURES:
                failures.setdefault((failure.organizer, failure.reason), failure)

    def organizer_done(self) -> None:
        """Count an organizer."""
        with self._lock:
            self._organizers += 1

    def summary(self) -> Summary:
        """Return what has been done so far."""
        with self._lock:
            return Summary(
                tuple(
                    FeedSummary(
                        name,
                        counts.added,
                        counts.replaced,
                        counts.removed,
                        counts.files,
                        counts.size,
                        counts.lost,
                        tuple(counts.failures.values()),
                    )
                    for name, counts in self._feeds.items()
                ),
                self._organizers,
            )


def _reason(error: GraphError) -> str:
    head = " ".join(str(part) for part in (error.status, error.code) if part is not None)
    text = ": ".join(part for part in (head, error.message) if part)
    return f"{text} ({error.request})" if error.request else text
