"""Faulty downloads and ranges."""

import pytest

from graph_meetings_emulator.faults import ChangedEtag, RangeIgnored, RangeNotSatisfiable, Reset
from tests.emulator.support import Site


@pytest.fixture
def path(site: Site) -> str:
    return site.content_path(site.items(site.all_recordings)[0])


def test_the_etag_changes_between_ranges(site: Site, path: str) -> None:
    whole = site.get(path)
    etag = whole.headers["etag"]
    site.emulator.inject(ChangedEtag(), times=2)
    parts = [site.get(path, range="bytes=10-19", if_range=etag) for _ in range(2)]
    assert [part.status_code for part in parts] == [206, 206]
    assert len({etag, *(part.headers["etag"] for part in parts)}) == 3
    assert {part.content for part in parts} == {whole.content[10:20]}
    assert site.get(path).headers["etag"] == etag


def test_a_range_is_ignored(site: Site, path: str) -> None:
    whole = site.get(path)
    site.emulator.inject(RangeIgnored())
    assert site.get(path).content == whole.content
    response = site.get(path, range="bytes=10-19")
    assert (response.status_code, response.content) == (200, whole.content)
    assert not {"content-range", "accept-ranges"} & set(response.headers)
    assert site.get(path, range="bytes=10-19").status_code == 206


def test_no_range_can_be_satisfied(site: Site, path: str) -> None:
    size = len(site.get(path).content)
    site.emulator.inject(RangeNotSatisfiable())
    assert site.get(path).status_code == 200
    response = site.get(path, range="bytes=10-19")
    assert (response.status_code, response.headers["content-range"]) == (416, f"bytes */{size}")
    assert response.json()["error"]["code"] == "invalidRange"


def test_the_second_origin_has_faults_too(site: Site, path: str) -> None:
    site.emulator.downloads.redirects = True
    location = site.get(path).headers["location"]
    with site.http.__class__() as stranger:
        site.emulator.inject(RangeNotSatisfiable(), path="/download/")
        response = stranger.get(location, headers={"Range": "bytes=0-1"})
        assert (response.status_code, response.headers["content-type"]) == (416, "text/plain")
        assert stranger.get(location, headers={"Range": "bytes=0-1"}).status_code == 206


@pytest.mark.parametrize("fault", [ChangedEtag(), RangeIgnored(), RangeNotSatisfiable()], ids=lambda fault: fault.kind)
def test_json_is_no_download(site: Site, fault: ChangedEtag | RangeIgnored | RangeNotSatisfiable) -> None:
    site.emulator.inject(fault)
    assert site.get(site.recordings, range="bytes=0-1").status_code == 200
    assert not site.emulator.faults_injected


def test_a_cut_still_comes_after_a_failure(site: Site, path: str) -> None:
    site.emulator.cut_content_after(10)
    site.emulator.fail_next(503)
    site.emulator.inject(Reset(after=5), times=1, after=1)
    assert site.get(path).status_code == 503
    assert site.emulator.downloads.cuts == [10]
