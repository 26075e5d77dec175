"""Which format of a stream to send: the one named by `$format`, else by `Accept`, else the usual one.

The service does not understand media ranges: `Accept: */*`, which many HTTP clients send, is an invalid format to it.

Source: RFC 9110, section 12.5.1; https://learn.microsoft.com/graph/api/calltranscript-get
"""

from collections.abc import Sequence
from email.message import Message

from graph_meetings_emulator.data.media import Media
from graph_meetings_emulator.http.errors import bad_request

_BY_FORMAT = frozenset({"text/vtt"})
"""The media types that `$format` can name; the others can only be requested by `Accept`."""


def choose_format(formats: Sequence[Media], format: str | None, accept: str | None) -> Media:
    """Choose the format that a request asks for. A stream with a single format is sent whatever `Accept` says.

    Raises:
        ServiceError: 400 if neither `$format` nor `Accept` names a format of the stream.
    """
    if format is not None:
        return _by_format(formats, format)
    if len(formats) == 1 or accept is None or not accept.strip():
        return formats[0]
    accepted = qualities(accept)
    media = max(formats, key=lambda media: accepted.get(media.media_type, 0.0))
    if accepted.get(media.media_type, 0.0) <= 0:
        raise bad_request(f"Invalid format '{accept}' specified.")
    return media


def qualities(header: str) -> dict[str, float]:
    """Return what an `Accept` or `Accept-Encoding` header names, in lower case, each with its quality."""
    return dict(_name_and_quality(text) for text in header.split(","))


def _by_format(formats: Sequence[Media], format: str) -> Media:
    for media in formats if len(formats) > 1 else ():
        if media.media_type == format.strip().lower() and media.media_type in _BY_FORMAT:
            return media
    raise bad_request(f"The value '{format}' of the query option '$format' is not supported.")


def _name_and_quality(text: str) -> tuple[str, float]:
    message = Message()
    message["content-type"] = text.strip()
    try:
        quality = float(str(message.get_param("q", "1")))
    except ValueError:
        quality = 0.0
    return text.partition(";")[0].strip().lower(), quality
