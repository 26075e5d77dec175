"""HTML pages that need nothing else: no script, no font, no image from anywhere. All text is escaped."""

import base64
import hashlib
from html import escape
from typing import Final

from graph_meetings_emulator.http.messages import Reply, encode_header

STYLE: Final = """\
:root{color-scheme:light dark;--line:#ccd;--soft:#f3f4fa;--link:#3949ab}
@media(prefers-color-scheme:dark){:root{--line:#3b3f55;--soft:#22252f;--link:#9fa8ff}}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem}
h1{font-size:1.4rem;margin-bottom:.5rem}h2{font-size:1.1rem;margin-top:2rem}a{color:var(--link)}
table{border-collapse:collapse}th,td{border-bottom:1px solid var(--line);padding:.3rem 1.5rem .3rem 0}
th,td{text-align:left;vertical-align:top}
pre{background:var(--soft);border:1px solid var(--line);border-radius:4px;overflow-x:auto;padding:.8rem}
pre,code{font:13px/1.45 ui-monospace,monospace}
code,pre.wrapped{overflow-wrap:anywhere}pre.wrapped{white-space:pre-wrap}
"""
_ICON: Final = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E"
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_HEADERS: Final = [
    encode_header("content-type", "text/html; charset=utf-8"),
    encode_header(
        "content-security-policy",
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'",
    ),
    encode_header("cache-control", "no-store"),
    encode_header("referrer-policy", "no-referrer"),
    encode_header("x-content-type-options", "nosniff"),
]


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(name: str, *content: str, **attributes: str) -> Html:
    """Return an element; content is escaped unless it is `Html`, and so are attributes, whose names may end in `_`."""
    given = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{given}>{together(*content)}</{name}>")


def together(*content: str) -> Html:
    """Return content side by side."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in content))


def link(target: str, *content: str) -> Html:
    """Return a link to a path of the emulator."""
    return element("a", *content, href=target)


def page(title: str, *content: str, status: int = 200) -> Reply:
    """Return a page."""
    head = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="{_ICON}"><title>{escape(title)}</title><style>{STYLE}</style></head>'
    )
    body = element("body", element("h1", title), *content)
    return Reply(status, [*_HEADERS], f"{head}{body}</html>\n".encode())
