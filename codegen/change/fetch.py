"""Downloads the public metadata of a cloud."""

import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from codegen.errors import CodegenError, did_you_mean
from codegen.read.csdl.document import LARGEST_DOCUMENT
from codegen.rules.clouds import Clouds

_PATH = re.compile(r"/(?P<version>[a-z0-9.]+)/\$metadata")
_STEP = 1024 * 1024
_HEADERS = {"Accept": "application/xml", "Accept-Encoding": "gzip"}
_GZIP = 16 + zlib.MAX_WBITS


def document_of(url: str, clouds: Clouds) -> str:
    """Return the path in the metadata folder of the document at a URL.

    Raises:
        CodegenError: the URL is not `https://{host of a cloud}/{version}/$metadata`.
    """
    parts = urlsplit(url)
    path = _PATH.fullmatch(parts.path)
    if parts.scheme != "https" or parts.netloc not in clouds.hosts or path is None or parts.query or parts.fragment:
        hosts = ", ".join(sorted(clouds.hosts))
        hint = did_you_mean(parts.netloc, clouds.hosts)
        raise CodegenError(f"expected https://HOST/VERSION/$metadata; hosts are {hosts}{hint}", url)
    cloud = clouds.hosts[parts.netloc]
    document = clouds.metadata.get(path["version"], {}).get(cloud)
    if document is None:
        raise CodegenError(f"no document holds the {path['version']} metadata of {cloud}", clouds.file)
    return document


def fetch(url: str, target: Path, tell: Callable[[str], None], transport: httpx.BaseTransport | None = None) -> None:
    """Download a document. Redirects are not followed, so it always comes from the host in the URL.

    Args:
        url: checked by `document_of`.
        target: the file to write.
        tell: receives progress.
        transport: of httpx, for tests.

    Raises:
        CodegenError: the download fails, is too large, or has an unexpected encoding.
    """
    try:
        with (
            httpx.Client(transport=transport, timeout=60, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", url, headers=_HEADERS) as response,
            target.open("wb") as file,
        ):
            if not response.is_success:
                raise CodegenError(f"the server answered {response.status_code}", url)
            received = 0
            for chunk in _decoded(response, url):
                if received // _STEP != (received + len(chunk)) // _STEP:
                    tell(f"{url}: {(received + len(chunk)) // _STEP} MiB")
                received += len(chunk)
                if received > LARGEST_DOCUMENT:
                    raise CodegenError(f"is larger than {LARGEST_DOCUMENT:,} bytes", url)
                file.write(chunk)
    except httpx.HTTPError as error:
        raise CodegenError(f"download failed: {error}", url) from error


def _decoded(response: httpx.Response, url: str) -> Iterator[bytes]:
    """Yield the body in pieces of bounded size. httpx decodes any number of encodings, and each chunk as a whole."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip"}:
        raise CodegenError(f"expected gzip or no encoding, got {encoding!r}", url)
    if not isinstance(response.stream, httpx.SyncByteStream):
        raise TypeError(type(response.stream))
    return iter(response.stream) if encoding == "identity" else _unzipped(response.stream, url)


def _unzipped(chunks: httpx.SyncByteStream, url: str) -> Iterator[bytes]:
    decoder = zlib.decompressobj(_GZIP)
    try:
        for chunk in chunks:
            pending = chunk
            while pending:
                yield decoder.decompress(pending, _STEP)
                pending = decoder.unconsumed_tail
                if decoder.unused_data:
                    raise CodegenError("has data after the end of its gzip encoding", url)
                if decoder.eof:
                    break
    except zlib.error as error:
        raise CodegenError(f"is not valid gzip: {error}", url) from error
    if not decoder.eof:
        raise CodegenError("ends in the middle of its gzip encoding", url)
