"""Bounds on the loops that a server could otherwise prolong for ever, all of them in one place.

A loop over links, redirects, ranges or addresses that a server sends takes its bound from here. Retries have theirs in
`Retry`, the time of a call in `Timeout`.
"""

from typing import Final

MAX_EMPTY_PAGES: Final = 16
"""Pages in a row that bring nothing new, each with a link to a further one: empty ones, of which single ones are normal
before further items, and those that only repeat items."""

MAX_INTERIM_RESPONSES: Final = 16
"""Hints (1xx) that the blocking client skips before a response; for the asynchronous one aiohttp reads them."""

MAX_REDIRECTS: Final = 5
"""Redirects between a request and its content."""

MAX_RENEWED_ADDRESSES: Final = 1
"""Addresses of a content asked for again because the first one has expired."""

MAX_DOWNLOAD_RESTARTS: Final = 1
"""Downloads started over because an answer contradicts what the first one promised."""

MAX_JSON_BYTES: Final = 256 << 20
"""Bytes of one JSON body after decompression."""

MAX_TRANSCRIPT_BYTES: Final = 16 << 20
"""Bytes of a transcript that is read into cues. In 24 hours, a cue with JSON every 4 seconds makes some 6 MiB."""

MAX_DAMAGED_CUE_WARNINGS: Final = 16
"""Damaged parts of one transcript with a warning each; one more warning counts the others."""

MAX_RESUMED_RANGES: Final = 1_000
"""Responses that one download goes on with after the first one broke off, each with progress or within `Retry`."""
