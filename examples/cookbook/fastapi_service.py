"""A web service: the recordings of an organizer as JSON, and their videos.

    uvicorn fastapi_service:app

Without a tenant, it serves the emulator's made-up data.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict

from graph_meetings import (
    BadRequest,
    CallRecording,
    ConnectionFailed,
    ContentStream,
    GraphError,
    GraphMeetingsClient,
    NotFound,
    ServiceUnavailable,
    Throttled,
)
from graph_meetings_emulator import Emulator


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Share one client among all requests, and close it at the end."""
    with Emulator() as emulator:
        async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, timeout=20) as graph:
            app.state.graph = graph
            yield


app = FastAPI(title="Meeting recordings", lifespan=lifespan)


def shared_client(request: Request) -> GraphMeetingsClient:
    """Return the client that the service has opened."""
    graph: GraphMeetingsClient = request.app.state.graph
    return graph


Graph = Annotated[GraphMeetingsClient, Depends(shared_client)]


class Recording(BaseModel):
    """What the service says of a recording."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    meeting_id: str | None
    created_date_time: datetime | None
    end_date_time: datetime | None


@app.get("/organizers")
async def organizers(graph: Graph) -> list[str]:
    """List the ids of the users."""
    return [user.id async for user in graph.users.list()]


@app.get("/organizers/{organizer}/recordings", response_model=list[Recording])
async def recordings(organizer: str, graph: Graph) -> list[CallRecording]:
    """List the recordings of all meetings that a user organized."""
    meetings = graph.users.by_user_id(organizer).online_meetings
    return [recording async for recording in meetings.get_all_recordings().list()]


async def opened_video(organizer: str, meeting: str, recording: str, graph: Graph) -> AsyncGenerator[ContentStream]:
    """Open a video before the response begins, and close it when the response has ended."""
    found = graph.users.by_user_id(organizer).online_meetings.by_online_meeting_id(meeting)
    async with found.recordings.by_call_recording_id(recording).content.stream() as stream:
        yield stream


@app.get("/organizers/{organizer}/meetings/{meeting}/recordings/{recording}/video")
async def video(stream: Annotated[ContentStream, Depends(opened_video)]) -> StreamingResponse:
    """Pass a video on as it arrives."""
    length = {} if stream.size is None else {"Content-Length": str(stream.size)}
    return StreamingResponse(stream, media_type=stream.content_type, headers=length)


@app.exception_handler(GraphError)
async def failed(_: Request, error: Exception) -> JSONResponse:
    """Say what the service said, with a status that tells whose fault it is."""
    match error:
        case BadRequest():
            status = 400
        case NotFound():
            status = 404
        case Throttled() | ServiceUnavailable() | ConnectionFailed():
            status = 503
        case _:
            status = 502
    code = error.code if isinstance(error, GraphError) else None
    return JSONResponse({"error": type(error).__name__, "code": code}, status)
