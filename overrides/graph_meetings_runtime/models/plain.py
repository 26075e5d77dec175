"""Values as plain Python, for libraries that know nothing of models."""

from typing import Any, cast

from graph_meetings_runtime.json_codec import Number
from graph_meetings_runtime.models.json_backed import JsonBacked
from graph_meetings_runtime.models.open_enum import OpenEnum


def plain(value: object) -> Any:
    """Return a value with dicts for objects, strings for members and bare floats; lists and dicts are copied."""
    if isinstance(value, JsonBacked):
        return value.to_dict()
    if isinstance(value, OpenEnum):
        return value.value  # Polars, for one, would make a type of the known members and refuse all others
    if isinstance(value, list):
        return [plain(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in cast("dict[str, object]", value).items()}
    return float(value) if isinstance(value, Number) else value
