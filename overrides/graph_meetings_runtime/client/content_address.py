"""The ids that the URL of a recording or transcript is made of."""

from typing import Any

from graph_meetings_runtime.client.arguments import type_name
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.model import Model


def required(model: Model, *path: Field[Any]) -> str:
    """Return the string at the end of a path of fields.

    Raises:
        ValueError: it is missing.
    """
    value: object = model
    for field in path:
        value = getattr(value, field.name) if isinstance(value, Model) else None
    if not isinstance(value, str) or not value:
        names = ".".join(field.name for field in path)
        raise ValueError(f"the {type(model).__name__} has no {names}, which the URL of its content needs")
    return value


def no_content(artifact: object) -> TypeError:
    """Return the error for an object whose content has no known URL."""
    kind = type(artifact)
    if not isinstance(artifact, Model):
        return TypeError(
            f"content_of needs a recording or a transcript as the service returned it, not {type_name(artifact)}"
        )
    return TypeError(f"a {kind.__module__}.{kind.__name__} has no content that this client can address")
