"""The primitive types of OData.

Source: OData 4.01 JSON format, section 7, and the literals of OData's ABNF.
"""

from graph_meetings_runtime.models.values.moments import DATE, DATE_TIME_OFFSET, DURATION, TIME_OF_DAY
from graph_meetings_runtime.models.values.numbers import BYTE, DECIMAL, DOUBLE, INT16, INT32, INT64, SBYTE, SINGLE
from graph_meetings_runtime.models.values.texts import BINARY, BOOLEAN, GUID, STREAM, STRING

__all__ = [
    "BINARY",
    "BOOLEAN",
    "BYTE",
    "DATE",
    "DATE_TIME_OFFSET",
    "DECIMAL",
    "DOUBLE",
    "DURATION",
    "GUID",
    "INT16",
    "INT32",
    "INT64",
    "SBYTE",
    "SINGLE",
    "STREAM",
    "STRING",
    "TIME_OF_DAY",
]
