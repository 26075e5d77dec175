"""Hand-written behaviour that the generated classes of `graph_meetings` inherit.

What is asynchronous or seldom needed is imported when it is first used, so that models, filters and errors can be had
without it.
"""

from typing import TYPE_CHECKING

from graph_meetings_runtime.client.content_address import no_content, required
from graph_meetings_runtime.client.content_reader import read_as
from graph_meetings_runtime.cloud import Cloud
from graph_meetings_runtime.content.download_outcome import DownloadOutcome, DownloadSummary
from graph_meetings_runtime.content.download_result import DownloadResult, Progress
from graph_meetings_runtime.delta.change import Change
from graph_meetings_runtime.errors import (
    AccessDenied,
    AuthenticationFailed,
    BadRequest,
    CloudAvailabilityWarning,
    ConnectionFailed,
    DeltaTokenExpired,
    DownloadIncomplete,
    EmptyPagesWarning,
    GraphError,
    LinkRefused,
    MalformedResponse,
    NotAvailableInCloud,
    NotFound,
    PaymentRequired,
    RoundIncomplete,
    ServiceUnavailable,
    SpeakerAttributionNotAllowed,
    Throttled,
    TranscriptsDisabled,
    UndocumentedOptionWarning,
)
from graph_meetings_runtime.http.options.body_limit import BodyLimit
from graph_meetings_runtime.http.options.retry import Retry, RetryEvent
from graph_meetings_runtime.http.options.timeout import Timeout
from graph_meetings_runtime.lazy_imports import lazy_imports
from graph_meetings_runtime.models.fields.field_error import FieldError, MissingKey
from graph_meetings_runtime.models.fields.filter import Filter
from graph_meetings_runtime.models.page import Page
from graph_meetings_runtime.models.parse_node import GraphParseNodeFactory
from graph_meetings_runtime.models.values.moments import DateTimeParameter
from graph_meetings_runtime.models.values.open_enum import OpenEnum
from graph_meetings_runtime.operations.operation import Operation, Permissions
from graph_meetings_runtime.requests.function_call import PATH_USER, PathUser, function_call
from graph_meetings_runtime.requests.keys import EntityKey
from graph_meetings_runtime.requests.query import Prefer, QueryParameters
from graph_meetings_runtime.transcripts.cue import Cue, DamagedCue, DamagedCueWarning
from graph_meetings_runtime.version import VERSION

if TYPE_CHECKING:
    from graph_meetings_runtime.asynchronous.concurrency import concurrently
    from graph_meetings_runtime.client.graph_client import GraphClient
    from graph_meetings_runtime.content.content_request_builder import ContentRequestBuilder
    from graph_meetings_runtime.content.content_stream import ContentStream
    from graph_meetings_runtime.content.file_name import safe_file_name
    from graph_meetings_runtime.delta.changes import Changes
    from graph_meetings_runtime.delta.delta_request_builder import DeltaRequestBuilder
    from graph_meetings_runtime.delta.delta_store import DeltaStore
    from graph_meetings_runtime.delta.store_errors import DeltaStoreError, FeedBusy
    from graph_meetings_runtime.delta.sync import sync
    from graph_meetings_runtime.delta.sync_result import InTransaction, SyncResult
    from graph_meetings_runtime.meetings.call_organizer import organizer_of
    from graph_meetings_runtime.meetings.meeting_collection_request_builder import MeetingCollectionRequestBuilder
    from graph_meetings_runtime.requests.collection_request_builder import (
        CollectionRequestBuilder,
        FunctionRequestBuilder,
    )
    from graph_meetings_runtime.requests.item_request_builder import ItemRequestBuilder
    from graph_meetings_runtime.requests.paging import Pager
    from graph_meetings_runtime.requests.request_builder import RequestBuilder
    from graph_meetings_runtime.requests.write_request_builders import (
        ActionRequestBuilder,
        DeleteRequestBuilder,
        PatchRequestBuilder,
        PostRequestBuilder,
    )
    from graph_meetings_runtime.transcripts.rendering import cues_to_json_lines, cues_to_markdown, cues_to_text
    from graph_meetings_runtime.transcripts.transcript_content_request_builder import TranscriptContentRequestBuilder
    from graph_meetings_runtime.transcripts.webvtt import read_cues
else:
    __getattr__ = lazy_imports(
        __name__,
        {
            "ActionRequestBuilder": "graph_meetings_runtime.requests.write_request_builders",
            "Changes": "graph_meetings_runtime.delta.changes",
            "CollectionRequestBuilder": "graph_meetings_runtime.requests.collection_request_builder",
            "ContentRequestBuilder": "graph_meetings_runtime.content.content_request_builder",
            "ContentStream": "graph_meetings_runtime.content.content_stream",
            "DeleteRequestBuilder": "graph_meetings_runtime.requests.write_request_builders",
            "DeltaRequestBuilder": "graph_meetings_runtime.delta.delta_request_builder",
            "DeltaStore": "graph_meetings_runtime.delta.delta_store",
            "DeltaStoreError": "graph_meetings_runtime.delta.store_errors",
            "FeedBusy": "graph_meetings_runtime.delta.store_errors",
            "FunctionRequestBuilder": "graph_meetings_runtime.requests.collection_request_builder",
            "GraphClient": "graph_meetings_runtime.client.graph_client",
            "InTransaction": "graph_meetings_runtime.delta.sync_result",
            "ItemRequestBuilder": "graph_meetings_runtime.requests.item_request_builder",
            "MeetingCollectionRequestBuilder": "graph_meetings_runtime.meetings.meeting_collection_request_builder",
            "Pager": "graph_meetings_runtime.requests.paging",
            "PatchRequestBuilder": "graph_meetings_runtime.requests.write_request_builders",
            "PostRequestBuilder": "graph_meetings_runtime.requests.write_request_builders",
            "RequestBuilder": "graph_meetings_runtime.requests.request_builder",
            "SyncResult": "graph_meetings_runtime.delta.sync_result",
            "TranscriptContentRequestBuilder": "graph_meetings_runtime.transcripts.transcript_content_request_builder",
            "concurrently": "graph_meetings_runtime.asynchronous.concurrency",
            "cues_to_json_lines": "graph_meetings_runtime.transcripts.rendering",
            "cues_to_markdown": "graph_meetings_runtime.transcripts.rendering",
            "cues_to_text": "graph_meetings_runtime.transcripts.rendering",
            "organizer_of": "graph_meetings_runtime.meetings.call_organizer",
            "read_cues": "graph_meetings_runtime.transcripts.webvtt",
            "safe_file_name": "graph_meetings_runtime.content.file_name",
            "sync": "graph_meetings_runtime.delta.sync",
        },
    )

__version__ = VERSION

__all__ = [
    "PATH_USER",
    "AccessDenied",
    "ActionRequestBuilder",
    "AuthenticationFailed",
    "BadRequest",
    "BodyLimit",
    "Change",
    "Changes",
    "Cloud",
    "CloudAvailabilityWarning",
    "CollectionRequestBuilder",
    "ConnectionFailed",
    "ContentRequestBuilder",
    "ContentStream",
    "Cue",
    "DamagedCue",
    "DamagedCueWarning",
    "DateTimeParameter",
    "DeleteRequestBuilder",
    "DeltaRequestBuilder",
    "DeltaStore",
    "DeltaStoreError",
    "DeltaTokenExpired",
    "DownloadIncomplete",
    "DownloadOutcome",
    "DownloadResult",
    "DownloadSummary",
    "EmptyPagesWarning",
    "EntityKey",
    "FeedBusy",
    "FieldError",
    "Filter",
    "FunctionRequestBuilder",
    "GraphClient",
    "GraphError",
    "GraphParseNodeFactory",
    "InTransaction",
    "ItemRequestBuilder",
    "LinkRefused",
    "MalformedResponse",
    "MeetingCollectionRequestBuilder",
    "MissingKey",
    "NotAvailableInCloud",
    "NotFound",
    "OpenEnum",
    "Operation",
    "Page",
    "Pager",
    "PatchRequestBuilder",
    "PathUser",
    "PaymentRequired",
    "Permissions",
    "PostRequestBuilder",
    "Prefer",
    "Progress",
    "QueryParameters",
    "RequestBuilder",
    "Retry",
    "RetryEvent",
    "RoundIncomplete",
    "ServiceUnavailable",
    "SpeakerAttributionNotAllowed",
    "SyncResult",
    "Throttled",
    "Timeout",
    "TranscriptContentRequestBuilder",
    "TranscriptsDisabled",
    "UndocumentedOptionWarning",
    "__version__",
    "concurrently",
    "cues_to_json_lines",
    "cues_to_markdown",
    "cues_to_text",
    "function_call",
    "no_content",
    "organizer_of",
    "read_as",
    "read_cues",
    "required",
    "safe_file_name",
    "sync",
]
