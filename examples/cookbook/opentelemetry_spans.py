"""What the client does, as spans of OpenTelemetry."""

from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_emulator import Emulator


def as_text(span: ReadableSpan) -> str:
    """Return a span for people to read: its name and its attributes, further to the right if it is within another."""
    lines = [span.name, *(f"  {name} = {value!r}" for name, value in (span.attributes or {}).items())]
    return "".join(f"{'  ' if span.parent else ''}{line}\n" for line in lines)


provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter(formatter=as_text)))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer("report")

with Emulator() as emulator, GraphMeetingsClient(emulator.blocking_credential, base_url=emulator.base_url) as graph:
    emulator.fail_next(503, headers={"Retry-After": "0"})  # so that one request is sent twice
    with tracer.start_as_current_span("recordings of everybody"):
        for user in graph.users.list():
            recordings = list(graph.users.by_user_id(user.id).online_meetings.get_all_recordings().list())
            print(len(recordings), "recordings of", user.display_name)
