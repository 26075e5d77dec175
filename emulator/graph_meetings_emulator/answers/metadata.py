"""`$metadata`: the CSDL that the client was generated from, which lies beside the client's modules.

Source: OData 4.01 protocol, section 11.1.2; OData CSDL XML.
"""

from functools import cache
from importlib.resources import files

from graph_meetings_emulator.http.messages import Reply, encode_header

_PACKAGES = {"v1.0": "graph_meetings", "beta": "graph_meetings.beta"}


def metadata_reply(version: str) -> Reply | None:
    """Return the metadata of a version; `None` if the client does not have it."""
    package = _PACKAGES.get(version)
    if package is None:
        return None
    return Reply(200, [encode_header("content-type", "application/xml")], _document(package))


@cache
def _document(package: str) -> bytes:
    return files(package).joinpath("metadata.xml").read_bytes()
