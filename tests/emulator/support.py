"""A running emulator and a plain HTTP client for it, as the tests see them."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias, cast
from urllib.parse import urlencode

import httpx

from graph_meetings_emulator import Dataset, Emulator
from graph_meetings_emulator.data.entities import Entity
from tests.support.certificates import TRUSTED

LOGS_START = "2026-03-01T10:00:00Z"
LOGS = (
    "getPstnCalls",
    "getDirectRoutingCalls",
    "getSmsLog",
    "getPstnBlockedUsersLog",
    "getPstnOnlineMeetingDialoutReport",
)

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Site:
    """An emulator with an authenticated client."""

    emulator: Emulator
    http: httpx.Client

    @property
    def organizer(self) -> str:
        return self.emulator.dataset.organizers[0]

    @property
    def meetings(self) -> str:
        """The path of the organizer's meetings."""
        return f"/users/{self.organizer}/onlineMeetings"

    def finding(self, number: int = 0, name: str = "joinWebUrl") -> str:
        """The path that finds one of the organizer's meetings by a property: meetings are not listed otherwise."""
        return f"{self.meetings}?{self.filter_of_meeting(number, name)}"

    def filter_of_meeting(self, number: int = 0, name: str = "joinWebUrl") -> str:
        """The query that finds one of the organizer's meetings by a property."""
        meeting = self.emulator.dataset.meetings(self.organizer)[number]
        value = self.emulator.dataset.find(("users", self.organizer, "onlineMeetings", meeting)).properties[name]
        return urlencode({"$filter": f"{name} eq '{value}'"})

    @property
    def recordings(self) -> str:
        """The path of the recordings of the organizer's first meeting."""
        return f"{self.meetings}/{self.emulator.dataset.meetings(self.organizer)[0]}/recordings"

    @property
    def all_recordings(self) -> str:
        """The path of all recordings of the organizer."""
        return f"{self.meetings}/getAllRecordings(meetingOrganizerUserId='{self.organizer}')"

    @property
    def delta(self) -> str:
        """The path of the changes to them."""
        return f"{self.all_recordings}/delta"

    @property
    def record(self) -> str:
        """The path of the first call record."""
        return f"/communications/callRecords/{self.emulator.dataset.call_records[0]['id']}"

    def beta(self, path: str) -> str:
        """The URL of a path in the other version."""
        return self.emulator.beta_url + path

    def content_path(self, recording: Json) -> str:
        """The path of a recording's content."""
        return f"{self.meetings}/{recording['meetingId']}/recordings/{recording['id']}/content"

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.http.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def json(self, path: str, **headers: str) -> Json:
        response = self.get(path, **headers)
        assert response.status_code == 200, response.text
        return cast("Json", response.json())

    def pages(self, path: str, **headers: str) -> list[Json]:
        """Follow nextLinks to the end."""
        pages = [self.json(path, **headers)]
        while link := pages[-1].get("@odata.nextLink"):
            assert len(pages) < 1000
            pages.append(self.json(link, **headers))
        return pages

    def items(self, path: str, **headers: str) -> list[Json]:
        """Return the items of all pages."""
        return [item for page in self.pages(path, **headers) for item in page["value"]]

    def refused(self, path: str, status: int = 400, code: str = "BadRequest") -> str:
        """Check that a request fails as in Graph, and return the message."""
        response = self.get(path)
        assert response.status_code == status, response.text
        error = response.json()["error"]
        assert error["code"] == code
        assert set(error["innerError"]) == {"date", "request-id", "client-request-id"}
        return str(error["message"])


@contextmanager
def running(dataset: Dataset | None = None, **options: Any) -> Generator[Site]:
    """Run an emulator with a small dataset, whose logs have three rows one minute apart."""
    small = dataset or small_dataset()
    with (
        Emulator(small, **options) as emulator,
        httpx.Client(
            base_url=emulator.base_url,
            headers={"Authorization": f"Bearer {emulator.token}"},
            timeout=10,
            verify=TRUSTED,
        ) as http,
    ):
        yield Site(emulator, http)


def small_dataset() -> Dataset:
    dataset = Dataset.generate(
        seed=7, organizers=2, meetings=3, recordings=4, content_size=(2_000, 9_000), log_rows=0, transcripts=2
    )
    for log in LOGS:
        dataset.add_log_rows(log, 3, start=LOGS_START)
    dataset.add(("subscriptions",), {"id": "a-subscription", "resource": "communications/callRecords"})
    return dataset


def concrete(path: str, dataset: Dataset) -> str:
    """Fill in the path of an operation from a dataset."""
    arguments = {
        "fromDateTime": "2026-02-01",
        "toDateTime": "2026-04-01",
        "startDateTime": "2026-01-01T00:00:00Z",
        "endDateTime": "2028-01-01T00:00:00Z",
        "role": "'organizer'",
        **dict.fromkeys(("meetingOrganizerUserId", "userId"), f"'{dataset.organizers[0]}'"),
    }
    here, members = dataset.root, dict[str, Entity]()
    parts: list[str] = []
    for segment in path.strip("/").split("/"):
        if segment == "{id}":
            here = next(entity for entity in members.values() if "id" in entity.properties)
            parts.append(here.id)
            continue
        parts.append(segment.format_map(arguments))
        if segment in here.singles:
            here = here.singles[segment]
        else:
            of_all = {entity.id: entity for entity in dataset.root.descendants(("users", segment))}
            members = here.collections.get(segment, of_all)
    return "/" + "/".join(parts)


def ids(items: list[Json]) -> list[str]:
    return [item["id"] for item in items]
