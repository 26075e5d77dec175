"""The response bodies in tests/data, by name."""

from pathlib import Path

from graph_meetings_runtime.json_codec import JsonObject, decode_json

PAYLOADS = Path(__file__).parents[1] / "data" / "payloads"


def names(*patterns: str) -> list[str]:
    """Return the names of the bodies that match any pattern."""
    found = sorted({path.name for pattern in patterns for path in PAYLOADS.glob(pattern)})
    assert found, f"no payload matches {patterns}"
    return found


def content(name: str) -> bytes:
    """Return the bytes of a body."""
    return (PAYLOADS / name).read_bytes()


def payload(name: str) -> JsonObject:
    """Return the JSON object of a body."""
    decoded = decode_json(content(name))
    assert isinstance(decoded, dict)
    return decoded
