"""The organizer of a call."""

from typing import Any, cast

from graph_meetings_runtime.models.model import Model


def organizer_of(record: Model) -> str | None:
    """Return the id of the user who organized a call.

    Args:
        record: the `CallRecord` of the call, with `organizer_v2`, which comes with every record.

    Returns:
        The id, or `None` if the organizer is not a user but, for example, a telephone, a guest or an application.

    Raises:
        TypeError: `record` is not a call record.

    Source: https://learn.microsoft.com/graph/api/resources/callrecords-organizer
    """
    # Each package has its own CallRecord.
    if not hasattr(type(record), "organizer_v2"):
        raise TypeError(f"expected a CallRecord, got {type(record).__name__}")
    value: Any = record.raw
    for name in ("organizer_v2", "identity", "user", "id"):
        value = cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) and value else None
