"""Choosing a model's class by the `@odata.type` in its JSON."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from graph_meetings_runtime.json_codec import JsonObject
from graph_meetings_runtime.models.values.json_backed import JsonBacked, set_raw

B = TypeVar("B", bound=JsonBacked)

_new = object.__new__


def register(cls: type[B], odata_type: str, tables: Iterable[dict[str, type[B]]]) -> None:
    """Add a class to the tables of its base classes, under the spellings that the service uses.

    Under the exact type, and under the bare name in lower case, because services also write
    `#Microsoft.Teams.GraphSvc.teamworkUserIdentity` and other wrong namespaces.
    """
    for derived in tables:
        derived[f"#{odata_type}"] = cls
        derived.setdefault(odata_type.rpartition(".")[2].lower(), cls)


def wrapper(cls: type[B], derived: Mapping[str, type[B]]) -> Callable[[JsonObject], B]:
    """Return a function that wraps a JSON object as the class, or as the derived class that it names."""

    def wrap(raw: JsonObject) -> B:
        concrete = cls
        if derived and isinstance(odata_type := raw.get("@odata.type"), str):
            concrete = derived.get(odata_type) or derived.get(odata_type.rpartition(".")[2].lower(), cls)
        model = _new(concrete)
        set_raw(model, raw)
        return model

    return wrap
