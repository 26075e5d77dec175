"""Faulty links and bodies as a plain HTTP client sees them."""

import json
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
import pytest

from graph_meetings_emulator.faults import (
    ForeignLink,
    Link,
    MalformedJson,
    MetadataLink,
    Spoof,
    UnknownFields,
    WrongType,
)
from tests.emulator.support import Site, ids
from tests.emulator.wire import receive

NEXT = "@odata.nextLink"
DELTA = "@odata.deltaLink"


def foreign(site: Site, spoof: Spoof) -> str:
    """What a spoofed link starts with instead of the service's origin."""
    graph = urlsplit(site.emulator.origin)
    elsewhere = urlsplit(site.emulator.foreign_origin)
    return {
        Spoof.ANOTHER_HOST: site.emulator.foreign_origin,
        Spoof.ANOTHER_PORT: f"http://127.0.0.1:{elsewhere.port}",
        Spoof.ANOTHER_SCHEME: f"https://{graph.netloc}",
        Spoof.LOOK_ALIKE: f"http://127.0.0.1.evil.example:{graph.port}",
        Spoof.TRAILING_DOT: f"http://127.0.0.1.:{graph.port}",
        Spoof.HOST_AS_USERINFO: f"http://{graph.netloc}@{elsewhere.netloc}",
        Spoof.USERINFO: f"http://user@{graph.netloc}",
        Spoof.WITHOUT_SCHEME: f"//{elsewhere.netloc}",
        Spoof.BACKSLASH: f"http://{elsewhere.netloc}\\@{graph.netloc}",
    }[spoof]


@pytest.mark.parametrize("spoof", Spoof)
def test_links_lead_away(site: Site, spoof: Spoof) -> None:
    content = site.content_path(site.items(site.all_recordings)[0])
    first, last = site.json(site.delta), site.pages(site.delta)[-1]
    last_link = site.pages(site.delta)[-2][NEXT]
    origin, replaced = site.emulator.origin, foreign(site, spoof)
    for link in Link:
        site.emulator.inject(ForeignLink(spoof, link))
        match link:
            case Link.NEXT:
                assert site.json(site.delta)[NEXT] == first[NEXT].replace(origin, replaced)
            case Link.DELTA:
                assert site.json(last_link)[DELTA] == last[DELTA].replace(origin, replaced)
            case Link.CONTENT:
                urls = [item["recordingContentUrl"] for item in site.json(site.delta)["value"]]
                assert urls == [item["recordingContentUrl"].replace(origin, replaced) for item in first["value"]]
            case Link.REDIRECT:
                received = receive(site.emulator, content, keep_alive=False)
                expected = f"{site.emulator.base_url}{content}".replace(origin, replaced).lower()
                assert (received.status, received.header("location"), received.body) == (302, expected, b"")
                assert "etag:" not in received.head
    assert site.emulator.faults_injected == {"foreign-link": 4}


def test_the_content_url_of_one_recording_leads_away(site: Site) -> None:
    recording = site.items(site.all_recordings)[0]
    path = f"{site.meetings}/{recording['meetingId']}/recordings/{recording['id']}"
    site.emulator.inject(ForeignLink(Spoof.ANOTHER_HOST))
    assert site.json(path)["recordingContentUrl"].startswith(site.emulator.foreign_origin)


def test_a_redirect_that_is_one_already_leads_away(site: Site) -> None:
    site.emulator.downloads.redirects = True
    path = site.content_path(site.items(site.all_recordings)[0])
    site.emulator.inject(ForeignLink(Spoof.ANOTHER_HOST, Link.REDIRECT))
    location = urlsplit(site.get(path).headers["location"])
    assert f"{location.scheme}://{location.netloc}" == site.emulator.foreign_origin
    assert location.path.startswith("/download/")


def test_an_error_has_no_link_to_change(site: Site) -> None:
    site.emulator.inject(ForeignLink())
    assert site.get("/me/nonsense").status_code == 400
    assert not site.emulator.faults_injected


def test_the_foreign_origin_records_what_it_is_sent(site: Site) -> None:
    site.emulator.inject(ForeignLink(Spoof.ANOTHER_HOST, Link.NEXT))
    link = site.json(site.all_recordings)[NEXT]
    assert site.get(link).json() == {"value": [{"id": "foreign"}]}
    [request] = site.emulator.foreign_requests
    assert request.headers["authorization"] == f"Bearer {site.emulator.token}"
    assert request.target in link
    assert httpx.get(f"{site.emulator.foreign_origin}/x/content").content == b"not the recording"


def test_the_foreign_origin_can_be_another(site: Site) -> None:
    site.emulator.foreign_origin = "http://[::1]:9"
    site.emulator.inject(ForeignLink(Spoof.ANOTHER_PORT, Link.NEXT))
    site.emulator.inject(ForeignLink(Spoof.ANOTHER_HOST, Link.NEXT))
    assert site.json(site.all_recordings)[NEXT].startswith("http://127.0.0.1:9/")
    assert site.json(site.all_recordings)[NEXT].startswith("http://[::1]:9/")


@pytest.mark.parametrize("link", [Link.NEXT, Link.CONTENT])
def test_links_are_those_of_the_documents(site: Site, link: Link) -> None:
    site.emulator.inject(MetadataLink(link))
    page = site.json(site.all_recordings)
    url = page[NEXT] if link is Link.NEXT else page["value"][0]["recordingContentUrl"]
    assert url.startswith(f"{site.emulator.base_url}/$metadata#users")


def test_no_redirect_is_a_metadata_link(site: Site) -> None:
    path = site.content_path(site.items(site.all_recordings)[0])
    site.emulator.inject(MetadataLink())
    assert site.get(path).status_code == 200


def test_json_is_malformed(site: Site) -> None:
    site.emulator.inject(MalformedJson(), times=60)
    bodies = set[bytes]()
    for _ in range(60):
        received = receive(site.emulator, site.recordings, keep_alive=False)
        assert (received.status, len(received.body)) == (200, received.content_length)
        assert received.header("content-type").startswith("application/json")
        with pytest.raises(ValueError):  # noqa: PT011  JSON, Unicode: every decoder has its own words
            json.loads(received.body, parse_constant=_refuse)
        bodies.add(received.body)
    assert len(bodies) > 20


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def members(value: Any) -> dict[str, Any]:
    """The properties of an object, or the items of a list by their index."""
    if isinstance(value, list):
        return {str(index): item for index, item in enumerate(cast("Any", value))}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def types(value: Any, at: str = "") -> dict[str, str]:
    """The type of each value, by its path."""
    found = {at: type(value).__name__}
    for name, inner in members(value).items():
        found |= types(inner, f"{at}/{name}")
    return found


def test_one_value_has_another_type_and_keys_are_spared(site: Site) -> None:
    expected = site.json(site.all_recordings)
    site.emulator.inject(WrongType(), times=80)
    changed = set[str]()
    for _ in range(80):
        page = site.json(site.all_recordings)
        assert ids(page["value"]) == ids(expected["value"])
        assert page[NEXT] == expected[NEXT]
        before, after = types(expected), types(page)
        roots = [place for place in before if place in after and before[place] != after[place]]
        assert len(roots) == 1, roots
        changed.add(roots[0].rpartition("/")[2])
    assert {"createdDateTime", "recordingContentUrl", "meetingOrganizer", "user"} <= changed


def test_a_named_property_has_another_type(site: Site) -> None:
    site.emulator.inject(WrongType("createdDateTime"))
    page = site.json(site.all_recordings)
    assert sum(not isinstance(item["createdDateTime"], str) for item in page["value"]) == 1


def test_a_key_can_have_another_type_too(site: Site) -> None:
    site.emulator.inject(WrongType("value"))
    assert site.json(site.recordings)["value"]
    site.emulator.inject(WrongType("value", keep_keys=False))
    page = site.json(site.recordings)
    assert not isinstance(page["value"], list)


def test_every_object_has_unknown_fields(site: Site) -> None:
    expected = site.json(site.all_recordings)
    site.emulator.inject(UnknownFields())
    page = site.json(site.all_recordings)

    def check(value: Any, original: Any) -> None:
        if isinstance(original, dict):
            extra = set(members(value)) - set(members(original))
            assert {name[:7] for name in extra} >= {"@unhear", "unheard"}
            assert any(name.endswith("@unheard.of") for name in extra - {"@unheard.of"})
        elif isinstance(original, list):
            assert len(members(value)) == len(members(original))
        else:
            assert value == original
        for name, inner in members(original).items():
            check(members(value)[name], inner)

    check(page, expected)
