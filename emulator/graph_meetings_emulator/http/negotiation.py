"""In which of its formats a stream is given: `$format` decides, then `Accept`, else the usual one.

Source: RFC 9110, section 12.5.1; https://learn.microsoft.com/graph/api/calltranscript-get
"""

from collections.abc import Sequence
from email.message import Message

from graph_meetings_emulator.data.media import Media
from graph_meetings_emulator.http.errors import bad_request, not_acceptable

_BY_FORMAT = frozenset({"text/vtt"})
"""The media types that `$format` can ask for; the others only come by `Accept`."""


def choose_format(formats: Sequence[Media], format: str | None, accept: str | None) -> Media:
    """Choose the form that a request asks for; a stream with one form is given whatever `Accept` says.

    Raises:
        ServiceError: 400 where `$format` names no form, 406 where none is acceptable.
    """
    if format is not None:
        return _by_format(formats, format)
    if len(formats) == 1 or accept is None or not accept.strip():
        return formats[0]
    ranges = [_media_range(text) for text in accept.split(",")]
    quality, form = max(((_quality(form.media_type, ranges), form) for form in formats), key=lambda rated: rated[0])
    if quality <= 0:
        types = ", ".join(form.media_type for form in formats)
        raise not_acceptable(f"The content is not available as '{accept}'; it is available as {types}.")
    return form


def _by_format(formats: Sequence[Media], format: str) -> Media:
    for form in formats if len(formats) > 1 else ():
        if form.media_type == format.strip().lower() and form.media_type in _BY_FORMAT:
            return form
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
    """Rate a type by the most specific range that has it."""
    qualities = dict(ranges)
    for name in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if name in qualities:
            return qualities[name]
    return 0.0
