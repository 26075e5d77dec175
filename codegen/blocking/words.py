"""The blocking counterparts of asynchronous words, in code and in prose."""

import re
from functools import partial
from typing import Final

NAMES: Final = {
    "AbstractAsyncContextManager": "AbstractContextManager",
    "AsyncByteStream": "SyncByteStream",
    "AsyncClient": "Client",
    "AsyncGenerator": "Generator",
    "AsyncIterable": "Iterable",
    "AsyncIterator": "Iterator",
    "GraphRequestAdapter": "Requester",
    "StopAsyncIteration": "StopIteration",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "aclose": "close",
    "aclosing": "closing",
    "aiter": "iter",
    "aiter_bytes": "iter_bytes",
    "aiter_raw": "iter_raw",
    "anext": "next",
    "aread": "read",
    "asynccontextmanager": "contextmanager",
    "send_async": "send",
    "send_no_response_content_async": "send_no_response_content",
}
"""Each asynchronous name, wherever it occurs, and its replacement."""

KEYWORDS: Final = frozenset({"async", "await"})

# In this order: a longer phrase precedes a shorter one that it contains.
_PHRASES: Final = (
    (r"synchronous or asynchronous, such as", "synchronous, such as"),
    (r"an iterable or an async iterable, such", "an iterable, such"),
    (r"`anext`", "`next`"),
    (r"an `next`", "a `next`"),
    (r"\b([Aa])n async function", r"\1 function"),
    (r"\basync (iterable|iterator)", r"\1"),
    (r"an httpx\.AsyncClient", "an httpx.Client"),
    (r"an asynchronous httpx client", "a synchronous httpx client"),
    (r"\basync (for|with|def)\b", r"\1"),
    (r"\bAsync(Client|Iterator|Iterable)\b", r"\1"),
    (r"\bawaited with\b", "called with"),
    (r"\bawait ", ""),
    (r"\bother tasks\b", "other threads"),
    (r"\banother task\b", "another thread"),
    (r"\beach task\b", "each thread"),
    (r"\bthat failed or was cancelled\b", "that failed"),
    (r" After one that was cancelled, .*? get on\.", ""),
    (r"\bIf an exception, a cancellation or\b", "If an exception or"),
    (r"\band when the call is cancelled\b", "and on Ctrl-C"),
    (r"\bthe event loop\b", "the thread"),
)
# A phrase may continue on the next line.
_RULES: Final = tuple(
    (re.compile(pattern.replace(" ", r"\s+"), re.DOTALL), replacement) for pattern, replacement in _PHRASES
)


def in_text(text: str) -> str:
    """Return the text of a docstring, a message or a comment in the twin."""
    for pattern, replacement in _RULES:
        text = pattern.sub(partial(_replaced, replacement), text)
    return text


def _replaced(replacement: str, match: re.Match[str]) -> str:
    """Return the replacement of a phrase, with any line end that the phrase contains."""
    words = match.expand(replacement)
    line_end = re.search(r"\n\s*", match[0])
    return words if line_end is None or not words else line_end[0].join(words.rsplit(" ", 1))
