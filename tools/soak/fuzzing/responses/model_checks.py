"""Check that everything works on a model read from a response, except for reading single damaged fields."""

import copy
import json
import pickle
import random
from collections.abc import Callable
from typing import Any, Final, cast

from kiota_serialization_json.json_serialization_writer_factory import JsonSerializationWriterFactory

from graph_meetings_runtime import FieldError, GraphError
from graph_meetings_runtime.json_codec import decode_json
from graph_meetings_runtime.models.field_mapping import fields_of
from graph_meetings_runtime.models.model import Model

_MOST_MODELS: Final = 3


class Inconsistent(AssertionError):
    """A model does not match the response that it was read from."""


def check_models(models: list[Model], chance: random.Random) -> bool:
    """Read every field of the first three models and of the objects in them, and run two more checks on each.

    Returns:
        Whether any field could not be read.
    """
    unreadable = [model for model in models[:_MOST_MODELS] if _examine(model, chance)]
    return bool(unreadable)


def check_error(error: GraphError) -> None:
    """Format, pickle and restore an error."""
    text = f"{error}{error!r}{error.code}{error.request_id}{error.client_request_id}{error.date}{error.hint}"
    restored = pickle.loads(pickle.dumps(error))
    if f"{restored}" not in text or type(restored) is not type(error):
        raise Inconsistent(f"{error!r} was pickled to {restored!r}")


def _examine(model: Model, chance: random.Random) -> bool:
    before = model.to_json()
    has_failed = _read_fields(model)
    for look in chance.sample(_LOOKS, 2):
        look(model)
    if model.to_json() != before:
        raise Inconsistent(f"reading a {type(model).__name__} changed it")
    return has_failed


def _read_fields(model: Model) -> bool:
    has_failed = False
    pending = [model]
    while pending:
        owner = pending.pop()
        for name in fields_of(owner):
            try:
                value: object = getattr(owner, name)
            except FieldError as error:
                has_failed = True
                _check_message(error, name)
                continue
            items = cast("list[object]", value) if isinstance(value, list) else [value]
            pending += [item for item in items if isinstance(item, Model)]
    return has_failed


def _check_message(error: FieldError, name: str) -> None:
    if f"{error.model}.{name}: " not in str(error):
        raise Inconsistent(f"{error!r} does not name {name}")


def _repr(model: Model) -> None:
    if not repr(model).startswith(type(model).__name__):
        raise Inconsistent(f"{model!r} does not name its type")


def _same(copied: Callable[[Model], Model]) -> Callable[[Model], None]:
    def look(model: Model) -> None:
        other = copied(model)
        if other != model or type(other) is not type(model):
            raise Inconsistent("a copy is not equal")

    return look


def _pickled(model: Model) -> Model:
    restored: Model = pickle.loads(pickle.dumps(model))
    return restored


def _serialized(model: Model) -> None:
    """Serialize with Kiota's own writer."""
    writer = JsonSerializationWriterFactory().get_serialization_writer("application/json")
    try:
        writer.write_object_value(None, model)
    except TypeError as error:
        # Kiota's writer does not support nested lists or lists of several types.
        if "unknown collection type" not in str(error):
            raise
        return
    written: Any = json.loads(writer.get_serialized_content())
    if written != model.raw:
        raise Inconsistent("Kiota's writer wrote something else")


def _additional(model: Model) -> None:
    declared = {field.wire_name for field in fields_of(model).values()}
    if set(model.additional_data) != model.raw.keys() - declared:
        raise Inconsistent("additional_data differs from the undeclared properties")
    repr(dict(model.additional_data))


def _decoded(model: Model) -> None:
    if decode_json(model.to_json()) != model.raw:
        raise Inconsistent("the JSON differs")


_LOOKS: Final[tuple[Callable[[Model], None], ...]] = (
    _repr,
    _same(copy.copy),
    _same(copy.deepcopy),
    _same(_pickled),
    _serialized,
    _additional,
    _decoded,
)
