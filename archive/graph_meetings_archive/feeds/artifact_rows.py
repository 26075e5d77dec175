"""Rows of recordings and transcripts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Final, Generic, TypeAlias, TypeVar

from msgspec import Struct

from graph_meetings import CallRecording, CallTranscript, Cue, tables
from graph_meetings_archive.feeds.content import Content
from graph_meetings_archive.feeds.malformed import Malformed
from graph_meetings_archive.storage.kinds import RECORDINGS, TRANSCRIPTS
from graph_meetings_archive.storage.rows import rows_by_owner
from graph_meetings_archive.storage.unit import Key, Kind, Row, Unit, UnitId, digest, unit_id
from graph_meetings_runtime.json_codec import JsonObject, encode_json
from graph_meetings_runtime.tables.problems import OnProblem
from graph_meetings_runtime.tables.table import Table

A = TypeVar("A", bound=CallRecording | CallTranscript)

Fetched: TypeAlias = tuple[Content, Sequence[Cue]]
"""A content, and the cues in it."""

_NOTHING: Final[Fetched] = (Content(), ())


class Found(Struct, Generic[A], frozen=True, gc=False):  # as Unit
    """An artifact that came.

    Args:
        id: of its unit.
        key: of its unit.
        item: the artifact.
        mark: a digest of it.
        says_organizer: whether it says who organized the meeting.
        tenant: the organizer's, if it says so.
    """

    id: UnitId
    key: Key
    item: A
    mark: bytes
    says_organizer: bool
    tenant: str | None


class ArtifactRows(Generic[A]):
    """Makes the units of one kind of artifacts.

    Args:
        kind: of the units.
        table: makes the rows.
        model: of the artifacts.
    """

    def __init__(self, kind: Kind, table: Table, model: type[A]) -> None:
        self.kind = kind
        self.model = model
        self._table = table
        stored = kind.tables[0]
        self._key: Callable[[Row], Key] = itemgetter(*stored.key_positions)
        self._created = stored.names.index("created_date_time")

    def found(self, item: A, organizer: str) -> Found[A]:
        """Return an artifact with its key.

        Args:
            item: the artifact.
            organizer: who organized the meeting, if the artifact does not say.
        """
        raw = item.raw
        user = _user_of(raw)
        own, tenant = user.get("id"), user.get("tenantId")
        says_organizer = isinstance(own, str) and own != ""
        key = (own if isinstance(own, str) and own else organizer, str(raw["id"]))
        return Found(
            unit_id(self.kind.name, key),
            key,
            item,
            digest(encode_json(raw)),
            says_organizer,
            tenant if isinstance(tenant, str) else None,
        )

    def units(self, some: Iterable[Found[A]], contents: Mapping[UnitId, Fetched], malformed: Malformed) -> list[Unit]:
        """Return the units of artifacts.

        Args:
            some: artifacts.
            contents: those that were fetched, by the ids of the units.
            malformed: receives what is malformed.
        """
        units: list[Unit] = []
        for found, row in self._own_rows(some, malformed):
            content, cues = contents.get(found.id, _NOTHING)
            created = row[self._created]
            units.append(
                Unit(
                    found.id,
                    self.kind.name,
                    found.key,
                    malformed.mark(found.key[-1], found.mark),
                    (((*row, *content.cells, False),), *self._cue_rows(found, cues, malformed)),
                    created=int(created.timestamp()) if isinstance(created, datetime) else None,
                    has_content=content.file is not None,
                    content_size=content.size or 0,
                )
            )
        return units

    def _own_rows(self, some: Iterable[Found[A]], problems: OnProblem) -> Iterator[tuple[Found[A], Row]]:
        """Yield each artifact that has a row, with that."""
        by_organizer: dict[str | None, dict[Key, Found[A]]] = {}
        for found in some:
            given = None if found.says_organizer else found.key[0]
            by_organizer.setdefault(given, {})[found.key] = found
        for given, by_key in by_organizer.items():
            items = [found.item for found in by_key.values()]
            for row in self._table.tuples(items, problems=problems, organizer_id=given):
                yield by_key[self._key(row)], row

    def _cue_rows(self, found: Found[A], cues: Sequence[Cue], problems: OnProblem) -> Iterable[Sequence[Row]]:
        """Return the rows of the cues, for the table that they are in; recordings have none."""
        if not cues:
            return ((),) * (len(self.kind.tables) - 1)
        stored = self.kind.tables[1]
        organizer, id_ = found.key
        meeting = found.item.raw.get("meetingId")
        rows = rows_by_owner(
            tables.transcript_cues,
            stored,
            cues,
            problems,
            organizer_id=organizer,
            meeting_id=meeting if isinstance(meeting, str) else None,
            transcript_id=id_,
        )
        return (rows.get(found.key, ()),)


def _user_of(raw: JsonObject) -> JsonObject:
    """Return the user who organized the meeting, as far as the artifact says it."""
    organizer = raw.get("meetingOrganizer")
    user = organizer.get("user") if isinstance(organizer, dict) else None
    return user if isinstance(user, dict) else {}


def recording_rows() -> ArtifactRows[CallRecording]:
    """Return what makes the units of recordings."""
    return ArtifactRows(RECORDINGS, tables.recordings, CallRecording)


def transcript_rows() -> ArtifactRows[CallTranscript]:
    """Return what makes the units of transcripts."""
    return ArtifactRows(TRANSCRIPTS, tables.transcripts, CallTranscript)
