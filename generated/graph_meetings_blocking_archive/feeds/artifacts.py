# Made by codegen from archive/graph_meetings_archive/feeds/artifacts.py; do not edit.
"""Recordings and transcripts, organizer by organizer, by delta."""

from collections.abc import Sequence
from contextlib import closing
from typing import Final, Generic, TypeVar, cast

import msgspec
from msgspec import Struct

from graph_meetings import BadRequest, CallRecording, CallTranscript, Change, GraphError, LinkRefused, NotFound
from graph_meetings_archive.feeds.artifact_rows import ArtifactRows, Fetched, Found
from graph_meetings_archive.feeds.malformed import Malformed
from graph_meetings_archive.storage.changes import Known
from graph_meetings_archive.storage.folder import require_tenant
from graph_meetings_archive.storage.unit import Batch, Due, Key, UnitId
from graph_meetings_blocking_archive.feeds.downloads import fetch_content, read_transcript
from graph_meetings_blocking_archive.feeds.pages import each_ahead
from graph_meetings_blocking_archive.feeds.run import Run
from graph_meetings_blocking_runtime.delta.delta_request_builder import DeltaRequestBuilder
from graph_meetings_runtime.blocking.concurrency import for_each
from graph_meetings_runtime.delta.change import change_of, link_after, require_ids
from graph_meetings_runtime.json_codec import JsonObject, decode_json

A = TypeVar("A", bound=CallRecording | CallTranscript)

_CONTENTS_AT_ONCE: Final = 32
_DOWNLOADS: Final = 4
_LINK_IS_USELESS: Final = (BadRequest, NotFound, LinkRefused)


class Place(Struct, frozen=True):
    """Where the feed of an organizer goes on.

    Args:
        link: of the next page, or of the next round.
        has_content: whether contents were asked for all along.
        organizer: the id of the organizer, as the artifacts say it.
        is_incomplete: whether artifacts were read with malformed values, and are to be read again.
    """

    link: str
    has_content: bool
    organizer: str
    is_incomplete: bool = False


class ArtifactFeed(Generic[A]):
    """The recordings or the transcripts of one organizer.

    Args:
        run: the update.
        rows: makes rows of the artifacts.
        organizer: id or user principal name, as it was given.
        wants_content: whether contents are downloaded.
        ad_hoc_calls: whether they are those of ad hoc calls instead of meetings.
    """

    def __init__(
        self, run: Run, rows: ArtifactRows[A], organizer: str, *, wants_content: bool, ad_hoc_calls: bool = False
    ) -> None:
        self._run = run
        self._rows = rows
        self._kind = rows.kind.name
        self._given = organizer
        self._organizer = organizer
        self._wants_content = wants_content
        self._name = f"{self._kind}/{organizer}{'/ad hoc calls' if ad_hoc_calls else ''}"
        self._pages = 0
        self._link = ""
        self._was_incomplete = False
        self._malformed = Malformed(run.report, self._kind, organizer)

    def update(self, delta: DeltaRequestBuilder[A]) -> None:
        """Archive what is new.

        Args:
            delta: of the organizer's artifacts.

        Raises:
            GraphError: the service failed; what came before that is archived.
            ArchiveError: the archive cannot be written.
        """
        place = self._place()
        if place is not None:
            self._organizer = place.organizer
        if self._wants_content:
            self._retry()
        if place is not None and (place.has_content or not self._wants_content):
            self._was_incomplete = place.is_incomplete
            try:
                self._go_on(delta, place.link)
            except _LINK_IS_USELESS:
                if self._pages:
                    raise
            else:
                if place.is_incomplete:
                    self._read_again(delta)
                return
        self._was_incomplete = False
        self._go_on(delta, None)

    def _place(self) -> Place | None:
        state = self._run.storage.place(self._name)
        return None if state is None else msgspec.convert(state, Place)

    def _read_again(self, delta: DeltaRequestBuilder[A]) -> None:
        """Read everything again for the sake of what was malformed; what is archived already costs nothing.

        The next update goes on where this one's round has ended: only there the service says what it has removed.
        """
        self._malformed = Malformed(self._run.report, self._kind, self._given)
        self._go_on(delta, None, moves=False)
        self._was_incomplete = False
        self._run.writer.add(Batch(places=self._places()))

    def _go_on(self, delta: DeltaRequestBuilder[A], link: str | None, *, moves: bool = True) -> None:
        """Archive a round from a link on; a full one if there is none, or if the service has forgotten it.

        Args:
            delta: of the organizer's artifacts.
            link: where the round goes on.
            moves: whether the next update goes on after the round.
        """
        base_url = self._run.graph.request_adapter.base_url
        changes = delta.changes(link, resync=True)
        with closing(changes.pages()) as pages:
            for page in each_ahead(pages):
                self._pages += 1
                following = link_after(page, base_url)
                items = [change_of(item) for item in page.value]
                require_ids(items, page.request)
                if moves:
                    self._link = following.link
                self._archive(items)

    def _archive(self, changes: Sequence[Change[A]]) -> None:
        """Archive a page, and go on at the link after that."""
        present: dict[UnitId, Found[A]] = {}
        removed: dict[UnitId, Key] = {}
        for change in changes:
            found = self._rows.found(change.item, self._organizer)
            self._learn(found)
            if change.removed:
                present.pop(found.id, None)
                removed[found.id] = found.key
            else:
                removed.pop(found.id, None)
                present[found.id] = found
        known = self._run.storage.known(present)
        news = [found for id_, found in present.items() if self._is_news(found, known.get(id_))]
        for first in range(0, len(news), _CONTENTS_AT_ONCE if self._wants_content else max(len(news), 1)):
            some = news[first : first + (_CONTENTS_AT_ONCE if self._wants_content else len(news))]
            self._run.writer.add(self._batch(some, known))
        gone = [(self._kind, key) for key in removed.values()]
        self._run.writer.add(Batch(removed=gone, places=self._places()))

    def _places(self) -> dict[str, dict[str, object]]:
        is_incomplete = self._was_incomplete or bool(self._malformed)
        place = Place(self._link, self._wants_content, self._organizer, is_incomplete)
        return {self._name: msgspec.to_builtins(place)}

    def _learn(self, found: Found[A]) -> None:
        """Learn the id of the organizer, and check the tenant."""
        tenant = found.tenant
        self._organizer = found.key[0]
        if tenant is not None and tenant not in self._run.tenants:
            require_tenant(self._run.folder.root, self._run.storage.journal, tenant)
            self._run.tenants.add(tenant)

    def _is_news(self, found: Found[A], known: Known | None) -> bool:
        if known is None or known.mark != found.mark or known.is_removed:
            return True
        return self._wants_content and not known.has_content

    def _batch(self, some: Sequence[Found[A]], known: dict[UnitId, Known]) -> Batch:
        """Return the units of artifacts, with their contents if they are wanted or were there before."""
        contents: dict[UnitId, Fetched] = {}

        def fetch(found: Found[A]) -> None:
            contents[found.id] = self._content(found)

        wanted = [found for found in some if self._wants_content or _has_content(known.get(found.id))]
        for_each(fetch, wanted, _DOWNLOADS)
        units = self._rows.units(some, contents, self._malformed)
        due = [
            Due(self._kind, found.key, self._name, found.item.to_json())
            for found in wanted
            if contents[found.id][0].error is not None
        ]
        again = {each.key for each in due}
        settled = [(self._kind, found.key) for found in wanted if found.key not in again]
        return Batch(units, due=due, settled=settled)

    def _content(self, found: Found[A]) -> Fetched:
        content = fetch_content(self._run, self._kind, found.key, self._given, found.item)
        if content.error is not None:
            self._failed(content.error)
        try:
            return content, read_transcript(self._run, content)
        except ValueError as error:
            return msgspec.structs.replace(content, problem=str(error)), ()

    def _retry(self) -> None:
        """Try the contents again that could not be downloaded earlier."""
        texts = self._run.storage.due(self._kind, self._name)
        raws = [cast("JsonObject", decode_json(text)) for text in texts]
        items = cast("list[A]", [self._rows.model.from_raw(raw) for raw in raws])
        all_found = [self._rows.found(item, self._organizer) for item in items]
        known = self._run.storage.known([found.id for found in all_found])
        # Of what has been removed meanwhile, the service has no content any more.
        gone = {id_ for id_, each in known.items() if each.is_removed}
        self._run.writer.add(Batch(settled=[(self._kind, found.key) for found in all_found if found.id in gone]))
        left = [found for found in all_found if found.id not in gone]
        for first in range(0, len(left), _CONTENTS_AT_ONCE):
            self._run.writer.add(self._batch(left[first : first + _CONTENTS_AT_ONCE], {}))

    def _failed(self, error: GraphError) -> None:
        self._run.report.failed(self._kind, self._given, error)


def _has_content(known: Known | None) -> bool:
    return known is not None and known.has_content is True
