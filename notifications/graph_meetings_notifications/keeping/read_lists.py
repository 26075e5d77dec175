"""What has been read from lists that are read repeatedly: up to when, and with which versions."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final, Self

from msgspec import Struct

from graph_meetings import CallRecord
from graph_meetings_runtime.storage.sqlite_file import SqliteFile

_REMEMBER: Final = "INSERT OR REPLACE INTO graph_meetings_versions VALUES (?, ?, ?)"


class ListedVersion(Struct, frozen=True):
    """A call record in a list.

    Args:
        record: the record.
        digest: of its id.
        version: grows with each change.
        started: when the call began, in seconds since 1970.
    """

    record: CallRecord
    digest: bytes
    version: int
    started: float

    @classmethod
    def of(cls, record: CallRecord) -> Self:
        """Return what is remembered about a record."""
        digest = blake2b((record.id or "").encode(errors="surrogatepass"), digest_size=16).digest()
        started = record.start_date_time or datetime.now(UTC)
        return cls(record, digest, record.version or 0, started.timestamp())


class ReadLists:
    """The tables of lists.

    Args:
        file: the file that contains them.
    """

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def until(self, resource: str) -> datetime | None:
        """Return the time up to which a list has been read."""
        found = self._file.execute("SELECT until FROM graph_meetings_read WHERE resource = ?", resource)
        return datetime.fromtimestamp(found[0][0], UTC) if found else None

    def move(self, resource: str, until: datetime, since: datetime) -> None:
        """Remember that a list has been read, and forget the versions of records that will not be listed again.

        Args:
            resource: its path.
            until: when it was read.
            since: records of calls that began earlier are not listed again.
        """
        with self._file.transaction():
            replace = "INSERT OR REPLACE INTO graph_meetings_read VALUES (?, ?)"
            self._file.execute(replace, resource, until.timestamp())
            self._file.execute("DELETE FROM graph_meetings_versions WHERE started < ?", since.timestamp())

    def known(self, versions: Iterable[ListedVersion]) -> Mapping[bytes, int]:
        """Return the known versions, by digest."""
        select = "SELECT version FROM graph_meetings_versions WHERE digest = ?"
        found = {each.digest: self._file.execute(select, each.digest) for each in versions}
        return {digest: rows[0][0] for digest, rows in found.items() if rows}

    def remember(self, versions: Iterable[ListedVersion]) -> None:
        """Remember the listed versions."""
        with self._file.transaction():
            self._file.execute_many(_REMEMBER, [(each.digest, each.version, each.started) for each in versions])
