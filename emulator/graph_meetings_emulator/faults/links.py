"""Links that a client must not follow: to another host, back to the same page, or to nowhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from http import HTTPStatus
from typing import ClassVar, TypeAlias

from graph_meetings_emulator.faults.fault import DELTA_LINK, NEXT_LINK, Exchange, Fault, FaultContext
from graph_meetings_emulator.http.messages import Reply, encode_header
from graph_meetings_runtime.json_codec import JsonObject

_Change: TypeAlias = Callable[[str], str]


class Link(Enum):
    """Which link of a reply to change."""

    NEXT = "nextLink"
    DELTA = "deltaLink"
    CONTENT = "content URL"
    """`recordingContentUrl` and `transcriptContentUrl` of every item in the reply."""
    REDIRECT = "redirect"
    """The `Location` of a 302; a stream is turned into a redirect."""


class Spoof(Enum):
    """How a link to another place is made to look."""

    ANOTHER_HOST = "another host"
    ANOTHER_PORT = "another port"
    ANOTHER_SCHEME = "another scheme"
    LOOK_ALIKE = "a look-alike host"
    TRAILING_DOT = "a host with a dot behind it"
    HOST_AS_USERINFO = "the service's host as userinfo of another one"
    USERINFO = "the service's host, with userinfo"
    WITHOUT_SCHEME = "no scheme, and another host"
    BACKSLASH = "a backslash, after which some parsers see another host"

    def of(self, url: str, foreign_origin: str) -> str:
        """Return the spoofed form of a URL.

        Args:
            url: an absolute URL of the service.
            foreign_origin: scheme, host and port of another server.
        """
        scheme, _, rest = url.partition("://")
        authority, slash, path = rest.partition("/")
        host, port = _host_and_port(authority)
        foreign = foreign_origin.partition("://")[2]
        written = {
            Spoof.ANOTHER_HOST: foreign_origin,
            Spoof.ANOTHER_PORT: f"{scheme}://{host}{_host_and_port(foreign)[1]}",
            Spoof.ANOTHER_SCHEME: f"{'http' if scheme == 'https' else 'https'}://{authority}",
            Spoof.LOOK_ALIKE: f"{scheme}://{host.strip('[]').replace(':', '-')}.evil.example{port}",
            Spoof.TRAILING_DOT: f"{scheme}://{host}.{port}",
            Spoof.HOST_AS_USERINFO: f"{scheme}://{authority}@{foreign}",
            Spoof.USERINFO: f"{scheme}://user@{authority}",
            Spoof.WITHOUT_SCHEME: f"//{foreign}",
            Spoof.BACKSLASH: f"{scheme}://{foreign}\\@{authority}",
        }
        return written[self] + slash + path


@dataclass(frozen=True, slots=True)
class ForeignLink(Fault):
    """A link that leads away from the service.

    Args:
        spoof: what the link looks like.
        link: which link to change.
    """

    kind: ClassVar[str] = "foreign-link"
    spoof: Spoof | None = None
    link: Link | None = None

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the reply has the link, or any link if none was named."""
        return bool(_present(exchange, self.link))

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Change the link."""
        spoof = self.spoof or context.random.choice(list(Spoof))
        link = context.random.choice(_present(exchange, self.link))
        return _changed(exchange, link, lambda url: spoof.of(url, context.foreign_origin))


@dataclass(frozen=True, slots=True)
class MetadataLink(Fault):
    """A link such as the documents print, `…/v1.0/$metadata#…`, which cannot be fetched.

    Args:
        link: which link to change; redirects cannot be changed this way.
    """

    kind: ClassVar[str] = "metadata-link"
    link: Link | None = None

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the reply has the link, or any link if none was named."""
        return bool(self._links(exchange))

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:
        """Change the link."""
        return _changed(exchange, context.random.choice(self._links(exchange)), _as_context)

    def _links(self, exchange: Exchange) -> list[Link]:
        return [link for link in _present(exchange, self.link) if link is not Link.REDIRECT]


@dataclass(frozen=True, slots=True)
class RepeatedLink(Fault):
    """A nextLink that is the page's own URL, so that paging would never end."""

    kind: ClassVar[str] = "repeated-link"

    def applies(self, exchange: Exchange) -> bool:
        """Return whether the reply is a page."""
        return exchange.items is not None

    def apply(self, exchange: Exchange, context: FaultContext) -> Reply:  # noqa: ARG002  nothing to choose
        """Change the link."""
        others = {name: value for name, value in (exchange.document or {}).items() if name != DELTA_LINK}
        return exchange.with_document(others | {NEXT_LINK: exchange.request.origin + exchange.request.target})


def _host_and_port(authority: str) -> tuple[str, str]:
    host, colon, port = authority.rpartition(":")
    return (host, colon + port) if host and not port.endswith("]") else (authority, "")


def _as_context(url: str) -> str:
    scheme, _, rest = url.partition("://")
    authority, version, path = rest.split("/", 2)
    return f"{scheme}://{authority}/{version}/$metadata#{path}"


def _present(exchange: Exchange, wanted: Link | None) -> list[Link]:
    """Return the links that a reply has, restricted to the wanted one if given."""
    document = exchange.document or {}
    is_redirect = exchange.is_download or exchange.reply.status == HTTPStatus.FOUND
    present = {
        Link.NEXT: NEXT_LINK in document,
        Link.DELTA: DELTA_LINK in document,
        Link.CONTENT: any(_content_urls(entity) for entity in _entities(document)),
        Link.REDIRECT: is_redirect,
    }
    return [link for link, is_there in present.items() if is_there and wanted in {None, link}]


def _changed(exchange: Exchange, link: Link, change: _Change) -> Reply:
    document = dict(exchange.document or {})
    match link:
        case Link.NEXT | Link.DELTA:
            name = NEXT_LINK if link is Link.NEXT else DELTA_LINK
            document[name] = change(str(document[name]))
        case Link.CONTENT:
            document = _with_content_urls(document, change)
        case Link.REDIRECT:
            return _redirected(exchange, change)
    return exchange.with_document(document)


def _redirected(exchange: Exchange, change: _Change) -> Reply:
    own = exchange.request.origin + exchange.request.target
    location = encode_header("location", change(exchange.reply.header(b"location") or own))
    about_content = {b"content-type", b"etag", b"accept-ranges", b"content-range"}
    kept = [pair for pair in exchange.reply.headers if pair[0] not in about_content]
    return replace(exchange.reply, status=HTTPStatus.FOUND, headers=kept, media=None, script=()).with_headers(
        [location]
    )


def _entities(document: JsonObject) -> list[JsonObject]:
    """Return the items of a page, or else the object itself."""
    items = document.get("value")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else [document]


def _content_urls(entity: JsonObject) -> Mapping[str, str]:
    return {
        name: value
        for name, value in entity.items()
        if name.endswith("ContentUrl") and isinstance(value, str) and value
    }


def _with_content_urls(document: JsonObject, change: _Change) -> JsonObject:
    changed: JsonObject = dict(document)
    for name, url in _content_urls(document).items():
        changed[name] = change(url)
    items = document.get("value")
    if isinstance(items, list):
        changed["value"] = [_with_content_urls(item, change) if isinstance(item, dict) else item for item in items]
    return changed
