"""A client whose answers are written beforehand: all of its own code, and no socket."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import httpx

from graph_meetings import GraphMeetingsClient, Retry
from tests.support.credentials import StaticCredential


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the service.

    Attributes:
        status: of HTTP.
        headers: as sent.
        body: as sent.
    """

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


LAST_PAGE = Answer(200, (), b'{"value":[]}')
"""What is answered when nothing else is written down."""

MOST_REQUESTS: Final = 100
"""More than any case asks for, but one whose requests have no end."""


@dataclass(slots=True)
class Script(httpx.AsyncBaseTransport):
    """Gives the answers in their order.

    Args:
        answers: those of the next requests.
        requests: how many there were since.
    """

    answers: list[Answer] = field(default_factory=list[Answer])
    requests: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request.

        Raises:
            AssertionError: there were more than any case needs.
        """
        self.requests += 1
        if self.requests > MOST_REQUESTS:
            raise AssertionError(f"more than {MOST_REQUESTS} requests")
        answer = self.answers.pop(0) if self.answers else LAST_PAGE
        return httpx.Response(
            answer.status, headers=list(answer.headers), stream=httpx.ByteStream(answer.body), request=request
        )

    def follow(self, answers: Iterable[Answer]) -> None:
        """Give these answers from now on."""
        self.answers, self.requests = list(answers), 0


def scripted_client(script: Script) -> GraphMeetingsClient:
    """Make a client that asks the script, once and without a wait."""
    return GraphMeetingsClient(
        StaticCredential("made-up"),
        http_client=httpx.AsyncClient(transport=script),
        retry=Retry(attempts=2, total_time=0.0, first_delay=0.0),
    )
