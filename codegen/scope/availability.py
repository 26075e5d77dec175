"""In which clouds a request can be made, by the clouds' own metadata and by what the documents say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from codegen.read.csdl.parse import Parser
from codegen.rules.clouds import Clouds
from codegen.scope.resolve import is_in


@dataclass(frozen=True, slots=True)
class Availability:
    """Where a request cannot be made, and where that is in doubt; clouds in the order of the file.

    Args:
        missing_in: the clouds whose own metadata lacks it.
        doubtful_in: the clouds that the documents leave out although their metadata has it, and those of which
            neither metadata nor documents say that they have it.
    """

    missing_in: tuple[str, ...]
    doubtful_in: tuple[str, ...]


def availability(
    clouds: Clouds, version: str, paths: Iterable[str], parsers: Mapping[str, Parser]
) -> Mapping[str, Availability]:
    """Find where each request of a version can be made.

    Args:
        clouds: what is known.
        version: of the requests.
        paths: of the requests.
        parsers: of the clouds' extracts, by their paths.
    """
    return MappingProxyType({path: _availability(clouds, version, path, parsers) for path in paths})


def _availability(clouds: Clouds, version: str, path: str, parsers: Mapping[str, Parser]) -> Availability:
    documents = clouds.metadata.get(version, {})
    has = {name: is_in(parsers[document], path) for name, document in documents.items()}
    rule = clouds.documented.find(version, path)
    missing = tuple(name for name in clouds.names if has.get(name) is False)
    # Without a word in the documents, metadata that has the request is enough; without metadata, it is not.
    said = tuple(name for name in has if has[name]) if rule is None else rule.value
    return Availability(missing, tuple(name for name in clouds.names if name not in {*missing, *said}))
