"""Which format of a stream to send: the one named by `$format`, else by `Accept`, else the usual one.

Source: RFC 9110, section 12.5.1; https://learn.microsoft.com/graph/api/calltranscript-get
"""

from collections.abc import Sequence
from email.message import Message
from operator import itemgetter

from graph_meetings_emulator.data.media import Media
from graph_meetings_emulator.http.errors import bad_request, not_acceptable

_BY_FORMAT = frozenset({"text/vtt"})
"""The media types that `$format` can name; the others can only be requested by `Accept`."""


def choose_format(formats: Sequence[Media], format: str | None, accept: str | None) -> Media:
    """Choose the format that a request asks for. A stream with a single format is sent whatever `Accept` says.

    Raises:
        ServiceError: 400 if `$format` names no format of the stream, 406 if none is acceptable.
    """
    if format is not None:
        return _by_format(formats, format)
    if len(formats) == 1 or accept is None or not accept.strip():
        return formats[0]
    ranges = [_media_range(text) for text in accept.split(",")]
    quality, media = max(((_quality(media.media_type, ranges), media) for media in formats), key=itemgetter(0))
    if quality <= 0:
        types = ", ".join(media.media_type for media in formats)
        raise not_acceptable(f"The content is not available as '{accept}'; it is available as {types}.")
    return media


def _by_format(formats: Sequence[Media], format: str) -> Media:
    for media in formats if len(formats) > 1 else ():
        if media.media_type == format.strip().lower() and media.media_type in _BY_FORMAT:
            return media
    raise bad_request(f"The value '{format}' of the query option '$format' is not supported.")


def _media_range(text: str) -> tuple[str, float]:
    message = Message()
    message["content-type"] = text.strip()
    try:
        quality = float(str(message.get_param("q", "1")))
    except ValueError:
        quality = 0.0
    return text.partition(";")[0].strip().lower(), quality


def _quality(media_type: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return the quality of a media type, from the most specific media range that includes it."""
    qualities = dict(ranges)
    for name in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if name in qualities:
            return qualities[name]
    return 0.0
