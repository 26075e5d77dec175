"""The errors of reading a field whose JSON value is wrong or missing."""

from graph_meetings_runtime.json_codec import JsonValue
from graph_meetings_runtime.models.values.shown import shown


class FieldError(ValueError):
    """A value in the JSON is not of the type that the metadata declares.

    Only reading that field raises it; the rest of the model stays readable, and `.raw` has the value.

    Attributes:
        model: the name of the model class.
        field: the Python name of the field.
        value: the JSON value.
    """

    def __init__(self, model: str, field: str, edm_type: str, value: JsonValue, reason: str) -> None:
        self.model = model
        self.field = field
        self.value = value
        self._arguments: tuple[object, ...] = (model, field, edm_type, value, reason)
        super().__init__(f"{model}.{field}: {shown(value)} is not a valid {edm_type}: {reason}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), self._arguments


class MissingKey(FieldError, AttributeError):
    """The key of an entity was read, but its JSON has none.

    It happens if `select=` leaves the key out, or if a model was created without it. As an `AttributeError`, it makes
    `hasattr` false and lets a `match` continue with the next case. `model.get("id")` returns `None` instead.

    Attributes:
        model: the name of the model class.
        field: the Python name of the key.
        value: always `None`.
    """

    def __init__(self, model: str, field: str, wire_name: str) -> None:
        reason = f"the object has no {wire_name!r}; add it to select=, or use .get({field!r}) where it may be missing"
        super().__init__(model, field, "key", None, reason)
        self.args = (f"{model}.{field}: {reason}",)
        self._arguments = (model, field, wire_name)
        # If unset, Python would keep the whole model here, and suggest a name itself.
        self.obj = None
