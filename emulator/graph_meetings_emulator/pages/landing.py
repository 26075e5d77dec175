"""The page at the root: how to connect, what is in the data, what was requested, which faults there are."""

from collections import deque
from collections.abc import Callable, Iterator, Sized
from itertools import islice
from typing import Final
from urllib.parse import quote

from msgspec import Struct

from graph_meetings_emulator.data.dataset import Dataset
from graph_meetings_emulator.faults.injection import FaultInjector
from graph_meetings_emulator.http.messages import ReceivedRequest, Reply
from graph_meetings_emulator.pages.browsing import BROWSE
from graph_meetings_emulator.pages.html import Html, element, link, page, together
from graph_meetings_emulator.pages.program import program

_MOST_ROWS: Final = 20
_LONGEST_TARGET: Final = 200
_TENANT_WIDE: Final = {
    "users": ("users",),
    "call records": ("communications", "callRecords"),
    "webinars": ("solutions", "virtualEvents", "webinars"),
    "town halls": ("solutions", "virtualEvents", "townhalls"),
}


class Facts(Struct, frozen=True):
    """What the page shows.

    Args:
        base_url: the root URL of v1.0.
        token: the bearer token.
        ca_file: the certificate to trust, if the emulator speaks https.
        dataset: the data.
        requests: the latest requests, oldest first.
        faults: which request gets which fault.
    """

    base_url: str
    token: str
    ca_file: str | None
    dataset: Dataset
    requests: deque[ReceivedRequest]
    faults: FaultInjector


def landing_page(facts: Facts) -> Reply:
    """Return the page."""
    return page(
        "Microsoft Graph, emulated",
        element("p", "A service on this machine with made-up data, for ", element("code", "graph-meetings"), "."),
        *_connection(facts),
        *_data(facts.dataset),
        *_requests(facts.requests),
        *_faults(facts.faults),
    )


def _connection(facts: Facts) -> Iterator[Html]:
    yield _table(
        ("base URL", facts.base_url), ("token", facts.token), ("certificate", facts.ca_file or "none: plain http")
    )
    if facts.dataset.organizers:
        organizer = facts.dataset.organizers[0]
        yield element("h2", "To paste")
        yield element("p", "On the command line:")
        command = f"graph-meetings recordings list --emulator --base-url {facts.base_url} --organizer {organizer}"
        yield element("pre", command, class_="wrapped")
        yield element("p", "Into a file, to run it with Python:")
        yield element("pre", program(facts.base_url, facts.token, organizer, facts.ca_file))


def _data(dataset: Dataset) -> Iterator[Html]:
    yield element("h2", "What is in it")
    counts: dict[str, int] = {
        _opened("/".join(path), name): len(dataset.ids(path)) for name, path in _TENANT_WIDE.items()
    }
    counts |= {name: sum(map(len, map(of, dataset.organizers))) for name, of in _of_organizers(dataset).items()}
    yield _table(*((name, f"{count:,}") for name, count in counts.items()))
    rows = [_organizer_row(dataset, organizer) for organizer in dataset.organizers[:_MOST_ROWS]]
    yield element("h2", "Who organized meetings")
    yield _table(*rows, head=("user", "meetings", "what they left"))
    yield from _more(len(dataset.organizers))


def _of_organizers(dataset: Dataset) -> dict[str, Callable[[str], Sized]]:
    return {"meetings": dataset.meetings, "recordings": dataset.recordings, "transcripts": dataset.transcripts}


def _organizer_row(dataset: Dataset, organizer: str) -> tuple[Html, Html, Html]:
    root = f"users/{organizer}"
    name = str(dataset.find(("users", organizer)).properties.get("displayName"))
    meetings = dataset.meetings(organizer)
    links = (
        _opened(f"{root}/onlineMeetings/{quote(meeting, safe='')}", str(number))
        for number, meeting in islice(enumerate(meetings, 1), _MOST_ROWS)
    )
    functions = {"getAllRecordings": "recordings", "getAllTranscripts": "transcripts"}
    artifacts = (
        _opened(f"{root}/onlineMeetings/{function}(meetingOrganizerUserId='{organizer}')", what)
        for function, what in functions.items()
    )
    user = together(_opened(root, name), element("div", element("code", organizer)))
    return user, _spaced(links), _spaced(artifacts)


def _requests(requests: deque[ReceivedRequest]) -> Iterator[Html]:
    latest = [requests[-number] for number in range(1, min(len(requests), _MOST_ROWS) + 1)]
    yield element("h2", f"Requests: {len(requests):,}")
    if latest:
        yield element("p", "The latest ones, newest first. Load the page again for newer ones.")
        yield _table(*((request.method, element("code", request.target[:_LONGEST_TARGET])) for request in latest))


def _faults(faults: FaultInjector) -> Iterator[Html]:
    yield element("h2", "Faults")
    chaos = faults.chaos
    yield element("p", f"Chaos: {chaos.profile.name}, {chaos.profile.summary}." if chaos else "No chaos.")
    if scheduled := faults.scheduled():
        yield element("p", "To come:")
        yield _table(*((kind, f"{times:,}", path or "any request") for kind, times, path in scheduled[:_MOST_ROWS]))
    if counts := faults.counts():
        yield element("p", "Injected so far:")
        yield _table(*((kind, f"{count:,}") for kind, count in sorted(counts.items())))


def _opened(path: str, text: str) -> Html:
    return link(f"{BROWSE}v1.0/{path}", text)


def _spaced(parts: Iterator[Html]) -> Html:
    return Html(" ".join(parts))


def _more(count: int) -> Iterator[Html]:
    if count > _MOST_ROWS:
        yield element("p", f"{count - _MOST_ROWS:,} more are in ", _opened("users", "users"), ".")


def _table(*rows: tuple[str, ...], head: tuple[str, ...] = ()) -> Html:
    heads = [element("tr", *(element("th", cell) for cell in head))] if head else []
    return element("table", *heads, *(element("tr", *(element("td", cell) for cell in row)) for row in rows))
