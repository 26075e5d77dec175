"""A client with scripted responses: all of its code runs, without a socket."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import httpx

from graph_meetings import GraphMeetingsClient, Retry
from tests.support.credentials import StaticCredential


@dataclass(frozen=True, slots=True)
class Answer:
    """A response of the service.

    Attributes:
        status: HTTP status.
        headers: headers.
        body: body.
    """

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


LAST_PAGE = Answer(200, (), b'{"value":[]}')
"""The response after the last scripted one."""

MOST_REQUESTS: Final = 100
"""More than any case needs, unless its requests never end."""


@dataclass(slots=True)
class Script(httpx.AsyncBaseTransport):
    """A transport that returns scripted responses in order.

    Args:
        answers: responses to the next requests.
        requests: number of requests since `follow`.
    """

    answers: list[Answer] = field(default_factory=list[Answer])
    requests: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the next response.

        Raises:
            AssertionError: if there are more requests than any case needs.
        """
        self.requests += 1
        if self.requests > MOST_REQUESTS:
            raise AssertionError(f"more than {MOST_REQUESTS} requests")
        answer = self.answers.pop(0) if self.answers else LAST_PAGE
        return httpx.Response(
            answer.status, headers=list(answer.headers), stream=httpx.ByteStream(answer.body), request=request
        )

    def follow(self, answers: Iterable[Answer]) -> None:
        """Use these responses from now on."""
        self.answers, self.requests = list(answers), 0


def scripted_client(script: Script) -> GraphMeetingsClient:
    """Return a client of the script that retries once, without waiting."""
    return GraphMeetingsClient(
        StaticCredential("made-up"),
        http_client=httpx.AsyncClient(transport=script),
        retry=Retry(attempts=2, total_time=0.0, first_delay=0.0),
    )
