"""A running emulator and a plain HTTP client for it, as the tests see them."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import httpx

from graph_meetings_emulator import Dataset, Emulator

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
        """Give the items of all pages."""
        return [item for page in self.pages(path, **headers) for item in page["value"]]

    def refused(self, path: str, status: int = 400, code: str = "BadRequest") -> str:
        """Check that a request fails as Graph does, and give the message."""
        response = self.get(path)
        assert response.status_code == status, response.text
        error = response.json()["error"]
        assert error["code"] == code
        assert set(error["innerError"]) == {"date", "request-id", "client-request-id"}
        return str(error["message"])


@contextmanager
def running(dataset: Dataset | None = None, **options: Any) -> Generator[Site]:
    """Run an emulator with a small data set."""
    small = dataset or Dataset.generate(seed=7, organizers=2, meetings=3, recordings=4, content_size=(2_000, 9_000))
    with (
        Emulator(small, **options) as emulator,
        httpx.Client(
            base_url=emulator.base_url, headers={"Authorization": f"Bearer {emulator.token}"}, timeout=10
        ) as http,
    ):
        yield Site(emulator, http)


def ids(items: list[Json]) -> list[str]:
    return [item["id"] for item in items]
