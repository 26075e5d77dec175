"""The tables of a tenant for Apache Spark. It needs the extra `[spark]`, and Spark 4."""

from typing import TYPE_CHECKING

from graph_meetings_archive.spark.request.options import OptionError
from graph_meetings_runtime.lazy_imports import lazy_imports

if TYPE_CHECKING:
    from graph_meetings_archive.spark.contents import save_contents
    from graph_meetings_archive.spark.data_source import GraphMeetings

__all__ = ["GraphMeetings", "OptionError", "save_contents"]

if not TYPE_CHECKING:
    _find = lazy_imports(
        __name__,
        {
            "GraphMeetings": "graph_meetings_archive.spark.data_source",
            "save_contents": "graph_meetings_archive.spark.contents",
        },
    )

    def __getattr__(name: str) -> object:
        try:
            return _find(name)
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] != "pyspark":
                raise
            message = "pyspark is not installed: pip install 'graph-meetings[spark]'"
            raise ModuleNotFoundError(message, name=error.name) from None
