"""Streams: the media types they come in, and the builder that reads them."""

from collections.abc import Iterable
from typing import Final

from codegen.csdl import Property, Step
from codegen.lower.lowering import Lowering
from codegen.naming import ClassName

_ANY: Final = ClassName("ContentRequestBuilder")
_BY_MEDIA_TYPE: Final = {"text/vtt": ClassName("TranscriptContentRequestBuilder")}


def media_types(lowering: Lowering, step: Step) -> tuple[str, ...]:
    """Return the media types of the stream that a step leads to, none if the rules name none."""
    if step.source is None or not isinstance(step.via, Property):
        return ()
    stream = (step.source.name, step.via.name)
    return next((rule.names for rule in lowering.scope.rules.media_types if (rule.type, rule.property) == stream), ())


def content_class(lowering: Lowering, step: Step) -> ClassName:
    """Return the runtime's class for the stream that a step leads to, which depends on its first media type."""
    default = next(iter(media_types(lowering, step)), "")
    return _BY_MEDIA_TYPE.get(default, _ANY)


def common_class(classes: Iterable[ClassName]) -> ClassName:
    """Return the class that all of these are or inherit from."""
    distinct = set(classes)
    return distinct.pop() if len(distinct) == 1 else _ANY
