"""What is archived and replaced as a whole: an artifact, a call, a report, with all its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, TypeAlias
from zlib import crc32

from msgspec import Struct
from msgspec.structs import replace

from graph_meetings_runtime.tables.column import Column

Row: TypeAlias = tuple[object, ...]
"""The values of a row, in the order of the table's columns."""

Key: TypeAlias = tuple[str, ...]
UnitId: TypeAlias = bytes

INCOMPLETE = b"incomplete"
"""The mark of a unit that was read with malformed values: whatever the service sends next takes its place."""

REMOVED = "removed"
"""The column, always the last one, that says that the service has removed an artifact."""


_PLACE_SIZE: Final = 4


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table of an archive.

    Args:
        name: of the table, and of its folder.
        columns: of each row.
        key: the columns that tell rows apart.
        owner: the first columns of the key: the last parts of the key of the unit that a row belongs to.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    owner: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def owner_positions(self) -> tuple[int, ...]:
        """Where the owner is in a row."""
        return tuple(self.names.index(name) for name in self.owner)

    @property
    def key_positions(self) -> tuple[int, ...]:
        """Where the key is in a row."""
        return tuple(self.names.index(name) for name in self.key)

    @property
    def has_removed(self) -> bool:
        """Whether rows say that they were removed."""
        return self.columns[-1].name == REMOVED

    def owner_of(self, key: Key) -> Key:
        """Return the values of the owner's columns in the rows of a unit."""
        return key[-len(self.owner) :]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of unit, and the tables that its rows are in. The unit's own has its name and comes first."""

    name: str
    tables: tuple[StoredTable, ...]


class Unit(Struct, frozen=True, gc=False):  # many are kept at a time, and none refers back to itself
    """One artifact, call, report or log row, with all its rows.

    Args:
        id: what the journal knows it by: `unit_id` of its kind and key.
        kind: of the unit.
        key: what tells units of a kind apart.
        mark: a digest of what the rows were made from: if it is the same, they are. Or `INCOMPLETE`.
        rows: of each table of the kind, in the order of the kind's tables.
        rank: the version; a unit never takes the place of one of a higher rank.
        created: when the artifact was created, in seconds since 1970.
        has_content: whether its content is in the archive; `None` if it has none.
        content_size: bytes of its content.
        is_removed: whether the rows say that the service has removed it.
    """

    id: UnitId
    kind: str
    key: Key
    mark: bytes
    rows: tuple[Sequence[Row], ...]
    rank: int = 0
    created: int | None = None
    has_content: bool | None = None
    content_size: int = 0
    is_removed: bool = False

    @property
    def size(self) -> int:
        """How many values the rows have."""
        return sum([len(rows) * len(rows[0]) for rows in self.rows if rows])

    def as_removed(self) -> "Unit":
        """Return the same unit with rows that say that the service has removed it."""
        own, *others = self.rows
        return replace(self, rows=(tuple((*row[:-1], True) for row in own), *others), is_removed=True)


@dataclass(frozen=True, slots=True)
class Due:
    """A content that could not be downloaded, and is to be tried again.

    Args:
        kind: of the unit.
        key: of the unit.
        feed: the place that it belongs to.
        artifact: its JSON.
    """

    kind: str
    key: Key
    feed: str
    artifact: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What a feed wants to be committed in one step.

    Args:
        units: in the order in which they came.
        removed: the kind and the key of units that the service has removed.
        places: where feeds go on after this.
        due: contents to try again.
        settled: contents that need not be tried again.
    """

    units: Sequence[Unit] = ()
    removed: Sequence[tuple[str, Key]] = ()
    places: Mapping[str, Mapping[str, object]] = field(default_factory=dict[str, Mapping[str, object]])
    due: Sequence[Due] = ()
    settled: Sequence[tuple[str, Key]] = ()

    @property
    def size(self) -> int:
        """How many values the rows have, and some for each unit."""
        return sum([unit.size for unit in self.units]) + 8 * (len(self.units) + len(self.removed))


def unit_id(kind: str, key: Key) -> UnitId:
    """Return what the journal knows a unit by: 16 bytes, however long ids are.

    The first four are those of the kind and the organizer: what comes together is together in the journal, too, so that
    a step touches few of its pages however many there are.
    """
    text = "\0".join((kind, *key)).encode(errors="surrogatepass")
    place = crc32(text[: text.rindex(b"\0")])
    return place.to_bytes(_PLACE_SIZE, "big") + digest(text)[_PLACE_SIZE:]


def digest(data: bytes) -> bytes:
    """Return a digest of 16 bytes."""
    return sha256(data).digest()[:16]  # processors have instructions for it
