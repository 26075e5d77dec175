"""Kiota's own parse node and writer: from JSON to models and back."""

from collections.abc import Sequence
from typing import Any

from kiota_abstractions.serialization import Parsable
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
from kiota_serialization_json.json_serialization_writer import JsonSerializationWriter

LEAN = "Kiota, lean dataclasses"
OUR_MODELS = "Kiota, our models"


def parsed(content: bytes, factory: Any) -> Sequence[Parsable]:
    """Read the items of a page as models made by a factory."""
    node = JsonParseNodeFactory().get_root_parse_node("application/json", content).get_child_node("value")
    assert node is not None
    return node.get_collection_of_object_values(factory) or []


def written(models: Sequence[Parsable]) -> bytes:
    """Write models to JSON."""
    writer = JsonSerializationWriter()
    writer.write_collection_of_object_values("value", list(models))
    return writer.get_serialized_content()
