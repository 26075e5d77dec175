"""Strong ETags, by which an interrupted download recognizes its content."""

from typing import Final

# RFC 9110 allows more characters, which httpx cannot send back in a header.
STRONG_ETAG: Final = r'"[\x21\x23-\x7e]*"'
