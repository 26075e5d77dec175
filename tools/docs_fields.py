"""An extension of Griffe: the reference shows what a field of a model is on an instance, such as `str | None`."""

from typing import Final

from griffe import Attribute, Expr, ExprBinOp, ExprCall, ExprLambda, ExprName, ExprSubscript, Extension

_TYPES: Final = {
    "BOOLEAN": "bool",
    "DATE_TIME_OFFSET": "datetime",
    "DECIMAL": "Decimal",
    "DURATION": "timedelta",
    "INT32": "int",
    "INT64": "int",
    "SINGLE": "float",
    "STRING": "str",
}
_FIELDS: Final = {"Field", "SecretField", "DeprecatedField"}
_COLLECTIONS: Final = {"CollectionField", "DeprecatedCollectionField"}


class Fields(Extension):
    """Gives fields the annotation that type checkers see, in place of the descriptor."""

    def on_attribute_instance(self, *, attr: Attribute, **_: object) -> None:
        """Replace what is shown of an attribute, if it is a field of a model."""
        match attr.value:
            case ExprCall(function=ExprName(name=kind), arguments=[_, declared, *_]):
                shown = _type_of(declared)
            case _:
                return
        if shown is None:
            return
        if kind in _COLLECTIONS:
            shown = ExprSubscript(left="list", slice=shown)
        if kind in _FIELDS | _COLLECTIONS:
            shown = ExprBinOp(left=shown, operator="|", right="None")
        attr.annotation, attr.value = shown, None


def _type_of(declared: str | Expr) -> str | Expr | None:
    match declared:
        case ExprName(name=name):
            return _TYPES.get(name)
        case ExprCall(arguments=[ExprLambda(body=shown)]):
            return shown
        case ExprCall(arguments=[shown]):
            return shown
        case _:
            return None
