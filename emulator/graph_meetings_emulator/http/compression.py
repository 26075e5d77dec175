"""Compress what is not a stream with gzip, for clients that ask for it.

Source: RFC 9110, sections 8.4.1.3 (gzip) and 12.5.3 (Accept-Encoding).
"""

import gzip
from dataclasses import replace

from graph_meetings_emulator.http.messages import ReceivedRequest, Reply
from graph_meetings_emulator.http.negotiation import qualities

_LEVEL = 1
_HEADERS = [(b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding")]


def compressed(reply: Reply, request: ReceivedRequest) -> Reply:
    """Return the reply as the request accepts it: compressed if possible.

    A reply with a script stays as it is, because the steps count the bytes of its body.
    """
    is_fixed = bool(reply.script) or reply.media is not None or reply.header(b"content-encoding") is not None
    if is_fixed or not reply.body or not _accepts_gzip(request.headers.get("accept-encoding", "")):
        return reply
    return replace(reply, body=gzip.compress(reply.body, _LEVEL, mtime=0)).with_headers(_HEADERS)


def _accepts_gzip(accept_encoding: str) -> bool:
    found = qualities(accept_encoding)
    return found.get("gzip", found.get("*", 0.0)) > 0
