"""The process that workers of Spark are forked from: it imports once what each of them would import."""

from importlib import import_module

from pyspark.daemon import manager

for _name in (
    "graph_meetings_archive.spark.data_source",
    "graph_meetings_runtime.http.adapter",
    "graph_meetings_runtime.transcripts.webvtt",
):
    import_module(_name)

if __name__ == "__main__":
    manager()
