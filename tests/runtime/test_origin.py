"""Which links are followed."""

import pytest

from graph_meetings_runtime import LinkRefused
from graph_meetings_runtime.origin import Origin, safe_link

BASE = "https://graph.microsoft.com/v1.0"


@pytest.mark.parametrize(
    "link",
    [
        "https://graph.microsoft.com/v1.0/users?skipToken=abc",
        "https://GRAPH.microsoft.com:443/beta/users({userId})/x",
        "https://graph.microsoft.com/v1.0/x(a='b')/delta?$deltatoken=%3D",
    ],
)
def test_a_link_on_the_configured_origin_is_followed_as_it_is(link: str) -> None:
    assert safe_link(link, BASE) == link


def test_only_spaces_are_encoded() -> None:
    assert (
        safe_link("https://graph.microsoft.com/f(a='b', c=%27)", BASE)
        == "https://graph.microsoft.com/f(a='b',%20c=%27)"
    )


@pytest.mark.parametrize(
    "link",
    [
        "https://graph.microsoft.com.evil.example/v1.0/users",
        "https://evil.example/v1.0/users",
        "https://graph.microsoft.com@evil.example/v1.0/users",
        "https://user:secret@graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com\\@evil.example/v1.0/users",
        "https://evil.example\\@graph.microsoft.com/v1.0/users",
        "http://graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com:8443/v1.0/users",
        "https://graph.microsoft.us/v1.0/users",
        "https://graph.micros\u043eft.com/v1.0/users",
        "//evil.example/x",
        "/v1.0/users?skipToken=1",
        "users?skipToken=1",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://graph.microsoft.com/v1.0/users\r\nHost: evil.example",
        "https://graph.microsoft.com:99999/v1.0",
        "https://[::1",
        "",
    ],
)
def test_a_link_that_leaves_it_is_refused(link: str) -> None:
    with pytest.raises(LinkRefused):
        safe_link(link, BASE)


@pytest.mark.parametrize(
    "link",
    [
        "https://graph.microsoft.com/beta/$metadata#communications/callRecords('x')/sessions?$skiptoken=abc",
        "https://graph.microsoft.com/v1.0/$metadata",
        "https://graph.microsoft.com/v1.0/$metadata?x=1",
        "https://graph.microsoft.com/v1.0/users#fragment",
    ],
)
def test_a_metadata_link_is_refused(link: str) -> None:
    with pytest.raises(LinkRefused, match="metadata"):
        safe_link(link, BASE)


def test_a_refusal_shows_no_secret() -> None:
    with pytest.raises(LinkRefused) as caught:
        safe_link("https://user:hunter2@evil.example/x?tempauth=s3cret", BASE)
    assert "hunter2" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("link", ["https://{}.example/x", "https://user@{}.example/x"])
def test_a_host_that_spells_a_token_is_not_shown_whole(link: str) -> None:
    labels = ".".join(f"{number:060x}" for number in range(4))
    with pytest.raises(LinkRefused, match=r"….*\.example") as caught:
        safe_link(link.format(labels), BASE)
    assert labels not in str(caught.value)


def test_plain_http_is_safe_on_this_machine_only() -> None:
    assert Origin.of("http://127.0.0.1:8080/v1.0").is_safe
    assert Origin.of("http://[::1]:8080/v1.0").is_safe
    assert not Origin.of("http://graph.microsoft.com/v1.0").is_safe
    assert not Origin.of("http://127.0.0.1.evil.example/v1.0").is_safe
