"""Answers as OData JSON, assembled from entities that are encoded once.

Source: OData 4.01 JSON format; the contexts as Graph's documents print them.
"""

from collections.abc import Callable
from typing import TypeAlias

from graph_meetings_emulator.entities import Entity
from graph_meetings_emulator.fabricate import GRAPH_ROOT
from graph_meetings_emulator.paging import Page
from graph_meetings_emulator.resources import EntitySet
from graph_meetings_emulator.schema import type_name
from graph_meetings_runtime.json_codec import JsonObject, encode_json
from graph_meetings_runtime.model import Model

Names: TypeAlias = tuple[str, ...] | None
"""The properties selected, `None` for all."""

ItemWriter: TypeAlias = Callable[[Entity], bytes]

_GRAPH_ROOT = GRAPH_ROOT.encode()


def entity_context(entity: Entity, names: Names) -> str:
    """Give the context of one object: `users('…')/onlineMeetings('…')/recordings(id,callId)/$entity`."""
    if entity.parent is None:
        return "$entity"
    return f"{set_context(EntitySet(entity.parent, (entity.container,)), names)}/$entity"


def set_context(entities: EntitySet, names: Names) -> str:
    """Give the context of a contained collection: `users('…')/onlineMeetings('…')/recordings`."""
    return "/".join([*_key_path(entities.owner), *entities.path]) + _columns(names)


def result_context(model: type[Model], names: Names) -> str:
    """Give the context of what a function returns: `Collection(callRecording)`."""
    return f"Collection({type_name(model)}){_columns(names)}"


def render_entity(entity: Entity, context: str, names: Names, root: str) -> bytes:
    """Write one object."""
    return _document({"@odata.context": f"{root}/$metadata#{context}"}, item_writer(names)(entity)[1:], root)


def render_page(page: Page, annotations: JsonObject, write: ItemWriter, root: str) -> bytes:
    """Write one page of a collection."""
    return _document(annotations, b'"value":[' + b",".join(map(write, page.entities)) + b"]}", root)


def item_writer(names: Names, odata_type: str | None = None) -> ItemWriter:
    """Make the function that writes each item of a page.

    Args:
        names: the properties selected.
        odata_type: what items say they are, where the collection's context does not.
    """
    annotation = b"" if odata_type is None else encode_json({"@odata.type": f"#{odata_type}"})[:-1] + b","

    def write(entity: Entity) -> bytes:
        if entity.is_removed:
            return encode_json({"@removed": {"reason": "deleted"}, "id": entity.id})
        whole = entity.encoded if names is None else _selected(entity.properties, names)
        return annotation + whole[1:] if annotation else whole

    return write


def _selected(properties: JsonObject, names: tuple[str, ...]) -> bytes:
    return encode_json({name: properties[name] for name in names if name in properties})


def _document(annotations: JsonObject, rest: bytes, root: str) -> bytes:
    """Join the annotations and the rest of an object, and let the URLs in the data point to this service."""
    separator = b"" if rest == b"}" else b","
    return encode_json(annotations)[:-1] + separator + rest.replace(_GRAPH_ROOT, root.encode())


def _key_path(entity: Entity) -> list[str]:
    if entity.parent is None:
        return []
    is_single = entity.parent.singles.get(entity.container) is entity
    key = "" if is_single else "('" + entity.id.replace("'", "''") + "')"
    return [*_key_path(entity.parent), entity.container + key]


def _columns(names: Names) -> str:
    return "" if names is None else f"({','.join(names)})"
