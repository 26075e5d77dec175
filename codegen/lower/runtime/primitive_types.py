"""What OData's primitive types are in Python."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from codegen import csdl
from codegen.lower.runtime.imports import EDM_MODULE, PROPERTY_TYPES_MODULE


@dataclass(frozen=True, slots=True)
class PrimitiveType:
    """A primitive type.

    Args:
        constant: the runtime's constant that reads and writes its values.
        python: the type of a value.
        module: the module of the standard library that has this type; empty for built-in types.
        constant_module: the module of the runtime that has the constant.
        is_in_urls: whether URLs can have values of the type.
    """

    constant: str
    python: str
    module: str = ""
    constant_module: str = EDM_MODULE
    is_in_urls: bool = True


_GEO: Final = PrimitiveType("GEO_JSON", "JsonObject", "", PROPERTY_TYPES_MODULE, is_in_urls=False)

PRIMITIVE_TYPES: Final[Mapping[str, PrimitiveType]] = {
    "Edm.Binary": PrimitiveType("BINARY", "bytes"),
    "Edm.Boolean": PrimitiveType("BOOLEAN", "bool"),
    "Edm.Byte": PrimitiveType("BYTE", "int"),
    "Edm.Date": PrimitiveType("DATE", "date", "datetime"),
    "Edm.DateTimeOffset": PrimitiveType("DATE_TIME_OFFSET", "datetime", "datetime"),
    "Edm.Decimal": PrimitiveType("DECIMAL", "Decimal", "decimal"),
    "Edm.Double": PrimitiveType("DOUBLE", "float"),
    "Edm.Duration": PrimitiveType("DURATION", "timedelta", "datetime"),
    "Edm.Guid": PrimitiveType("GUID", "UUID", "uuid"),
    "Edm.Int16": PrimitiveType("INT16", "int"),
    "Edm.Int32": PrimitiveType("INT32", "int"),
    "Edm.Int64": PrimitiveType("INT64", "int"),
    "Edm.SByte": PrimitiveType("SBYTE", "int"),
    "Edm.Single": PrimitiveType("SINGLE", "float"),
    "Edm.Stream": PrimitiveType("STREAM", "bytes", is_in_urls=False),
    "Edm.String": PrimitiveType("STRING", "str"),
    "Edm.TimeOfDay": PrimitiveType("TIME_OF_DAY", "time", "datetime"),
    "Edm.Untyped": PrimitiveType("UNTYPED", "JsonValue", "", PROPERTY_TYPES_MODULE, is_in_urls=False),
    **dict.fromkeys(csdl.GEO_TYPES, _GEO),
}
