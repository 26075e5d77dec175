# Made by codegen from overrides/graph_meetings_runtime/__init__.py; do not edit.
"""Blocking behaviour that the generated classes of `graph_meetings.blocking` inherit."""

from graph_meetings_blocking_runtime.client.graph_client import GraphClient
from graph_meetings_blocking_runtime.content.content_request_builder import ContentRequestBuilder
from graph_meetings_blocking_runtime.content.content_stream import ContentStream
from graph_meetings_blocking_runtime.delta.changes import Changes
from graph_meetings_blocking_runtime.delta.delta_request_builder import DeltaRequestBuilder
from graph_meetings_blocking_runtime.delta.sync import sync
from graph_meetings_blocking_runtime.meetings.meeting_collection_request_builder import MeetingCollectionRequestBuilder
from graph_meetings_blocking_runtime.requests.collection_request_builder import (
    CollectionRequestBuilder,
    FunctionRequestBuilder,
)
from graph_meetings_blocking_runtime.requests.item_request_builder import ItemRequestBuilder
from graph_meetings_blocking_runtime.requests.paging import Pager
from graph_meetings_blocking_runtime.requests.request_builder import RequestBuilder
from graph_meetings_blocking_runtime.requests.write_request_builders import (
    ActionRequestBuilder,
    DeleteRequestBuilder,
    PatchRequestBuilder,
    PostRequestBuilder,
)
from graph_meetings_blocking_runtime.transcripts.transcript_content_request_builder import (
    TranscriptContentRequestBuilder,
)
from graph_meetings_runtime.blocking.concurrency import concurrently

__all__ = [
    "ActionRequestBuilder",
    "Changes",
    "CollectionRequestBuilder",
    "ContentRequestBuilder",
    "ContentStream",
    "DeleteRequestBuilder",
    "DeltaRequestBuilder",
    "FunctionRequestBuilder",
    "GraphClient",
    "ItemRequestBuilder",
    "MeetingCollectionRequestBuilder",
    "Pager",
    "PatchRequestBuilder",
    "PostRequestBuilder",
    "RequestBuilder",
    "TranscriptContentRequestBuilder",
    "concurrently",
    "sync",
]
