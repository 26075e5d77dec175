"""Bounds on loops that a server could otherwise prolong for ever.

Every loop over links, redirects, ranges or addresses that a server sends has its bound here. Those on retries are in
`Retry`, those on time in `Timeout`.
"""

from typing import Final

MAX_EMPTY_PAGES: Final = 16
"""Pages in a row without new items, each with a link to another one: empty pages, which are normal one at a time, and
pages that only repeat items."""

MAX_INTERIM_RESPONSES: Final = 16
"""Interim responses (1xx) that the blocking client skips; aiohttp handles them for the asynchronous one."""

MAX_REDIRECTS: Final = 5
"""Redirects between a request and its content."""

MAX_RENEWED_ADDRESSES: Final = 1
"""Times that the address of a content is requested again because it has expired."""

MAX_DOWNLOAD_RESTARTS: Final = 1
"""Times that a download starts over because a response contradicts the first one."""

MAX_JSON_BYTES: Final = 256 << 20
"""Bytes of one JSON body after decompression."""

MAX_TRANSCRIPT_BYTES: Final = 16 << 20
"""Bytes of a transcript that is read into cues. A cue with JSON every 4 seconds makes some 6 MiB in 24 hours."""

MAX_DAMAGED_CUE_WARNINGS: Final = 16
"""Damaged parts of one transcript that each get a warning; one more warning counts the rest."""

MAX_RESUMED_RANGES: Final = 1_000
"""Responses to which one download continues after the first one broke off, each with progress or within `Retry`."""
