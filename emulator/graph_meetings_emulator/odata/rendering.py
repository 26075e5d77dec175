"""OData JSON, assembled from entities that are encoded only once.

Source: OData 4.01 JSON format; the contexts as Graph's documents print them.
"""

from collections.abc import Callable
from typing import TypeAlias

from graph_meetings_emulator.data.entities import Entity, EntitySet
from graph_meetings_emulator.data.meeting_json import GRAPH_ROOT
from graph_meetings_emulator.odata.paging import Page
from graph_meetings_emulator.odata.representation import Representation
from graph_meetings_emulator.odata.schema import type_name
from graph_meetings_runtime.json_codec import JsonObject, encode_json
from graph_meetings_runtime.models.model import Model

Names: TypeAlias = tuple[str, ...] | None
"""The selected properties; `None` for all."""

ItemWriter: TypeAlias = Callable[[Entity], bytes]

LISTED = {
    "microsoft.graph.callAiInsight": ("id", "callId", "contentCorrelationId", "createdDateTime", "endDateTime"),
    "microsoft.graph.virtualEventSession": ("id", "endDateTime", "joinWebUrl", "startDateTime", "subject"),
}
"""By type: the only properties that lists show, unless they select others.

Source: https://learn.microsoft.com/graph/api/virtualevent-list-sessions, …/onlinemeeting-list-aiinsights
"""

_GRAPH_ROOT = GRAPH_ROOT.encode()
_NOTHING = b"{}"


def entity_context(entity: Entity, columns: str) -> str:
    """Return the context of a single object: `users('…')/onlineMeetings('…')/recordings(id,callId)/$entity`."""
    if entity.parent is None:
        return "$entity"
    return f"{set_context(EntitySet(entity.parent, (entity.container,)), columns)}/$entity"


def set_context(entities: EntitySet, columns: str) -> str:
    """Return the context of a contained collection: `users('…')/onlineMeetings('…')/recordings`."""
    return entities.key_path + columns


def result_context(model: type[Model], columns: str) -> str:
    """Return the context of the result of a function: `Collection(callRecording)`."""
    return f"Collection({type_name(model)}){columns}"


def context_columns(names: Names, expanded: tuple[str, ...]) -> str:
    """Return the part of a context for `$select` and `$expand`: `(id,sessions(segments()))`."""
    return f"({','.join([*(names or ()), *expanded])})" if names is not None or expanded else ""


def render_entity(entity: Entity, context: str, write: ItemWriter, root: str) -> bytes:
    """Return the JSON of a single object."""
    annotations = encode_json({"@odata.context": f"{root}/$metadata#{context}"})
    return _joined(annotations, _located(write(entity), root))


def render_page(page: Page, annotations: JsonObject, write: ItemWriter, root: str) -> bytes:
    """Return the JSON of a page. Pages can be megabytes long, so they are copied as little as possible."""
    items = _located(b",".join(map(write, page.entities)), root)
    return b"".join((encode_json(annotations)[:-1], b',"value":[', items, b"]}"))


def item_writer(
    representation: Representation, names: Names, *, odata_type: str | None = None, members: ItemWriter | None = None
) -> ItemWriter:
    """Return a function that writes an item of a page.

    Args:
        representation: how objects are written.
        names: the selected properties.
        odata_type: the type that items state, if the context of the collection does not.
        members: writes the expanded properties of an item, as a JSON object of their own.
    """
    is_kept = names is not None and representation.leaves_unchanged(names)
    annotation = None if odata_type is None else encode_json({"@odata.type": f"#{odata_type}"})

    def write(entity: Entity) -> bytes:
        if entity.is_removed:
            return encode_json({"@removed": {"reason": "deleted"}, "id": entity.id})
        if names is None:
            whole = entity.encoded(representation.encode)
        else:
            selected = _selected(entity.properties, names)
            whole = encode_json(selected if is_kept else representation.to_json(selected))
        if annotation is not None:
            whole = _joined(annotation, whole)
        return whole if members is None else _joined(whole, members(entity))

    return write


def _selected(properties: JsonObject, names: tuple[str, ...]) -> JsonObject:
    return {name: properties[name] for name in names if name in properties}


def _joined(first: bytes, second: bytes) -> bytes:
    """Merge two encoded objects."""
    if first == _NOTHING:
        return second
    if second == _NOTHING:
        return first
    return first[:-1] + b"," + second[1:]


def _located(content: bytes, root: str) -> bytes:
    """Make the URLs in the data point to this service."""
    return content.replace(_GRAPH_ROOT, root.encode())
