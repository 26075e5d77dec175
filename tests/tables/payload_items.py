"""The objects of the documented payloads."""

from pathlib import Path
from typing import cast

from graph_meetings_runtime.json_codec import JsonObject, decode_json

_PAYLOADS = Path(__file__).parents[1] / "data" / "payloads"


def payload(name: str) -> JsonObject:
    return cast("JsonObject", decode_json((_PAYLOADS / f"{name}.json").read_bytes()))


def payload_items(name: str) -> list[JsonObject]:
    return cast("list[JsonObject]", payload(name)["value"])
