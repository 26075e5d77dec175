"""Downloads the public metadata of a cloud."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from codegen.errors import CodegenError, did_you_mean
from codegen.read.csdl.document import LARGEST_DOCUMENT
from codegen.rules.clouds import Clouds

_PATH = re.compile(r"/(?P<version>[a-z0-9.]+)/\$metadata")
_STEP = 1024 * 1024


def document_of(url: str, clouds: Clouds) -> str:
    """Return the path in the metadata folder of the document at a URL.

    Raises:
        CodegenError: it is not `https://{host of a cloud}/{version}/$metadata`.
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
    """Download a document. Redirects are not followed, so that it comes from the host in the URL.

    Args:
        url: checked by `document_of`.
        target: the file to write.
        tell: receives progress.
        transport: of httpx, for tests.

    Raises:
        CodegenError: the download fails, or is too large.
    """
    try:
        with (
            httpx.Client(transport=transport, timeout=60, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", url, headers={"Accept": "application/xml"}) as response,
            target.open("wb") as file,
        ):
            if not response.is_success:
                raise CodegenError(f"the server answered {response.status_code}", url)
            received = 0
            for chunk in response.iter_bytes():
                if received // _STEP != (received + len(chunk)) // _STEP:
                    tell(f"{url}: {(received + len(chunk)) // _STEP} MiB")
                received += len(chunk)
                if received > LARGEST_DOCUMENT:
                    raise CodegenError(f"is larger than {LARGEST_DOCUMENT:,} bytes", url)
                file.write(chunk)
    except httpx.HTTPError as error:
        raise CodegenError(f"download failed: {error}", url) from error
