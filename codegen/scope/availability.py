"""In which clouds a request can be made, by the clouds' own metadata and by what the documents say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from codegen.rules.clouds import Clouds


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
    clouds: Clouds, version: str, paths: Iterable[str], present: Mapping[str, frozenset[str]]
) -> Mapping[str, Availability]:
    """Find where each request of a version can be made.

    Args:
        clouds: what is known.
        version: of the requests.
        paths: of the requests.
        present: which of these each document of the clouds has, by the document's path.
    """
    return MappingProxyType({path: _availability(clouds, version, path, present) for path in paths})


def _availability(clouds: Clouds, version: str, path: str, present: Mapping[str, frozenset[str]]) -> Availability:
    documents = clouds.metadata.get(version, {})
    has = {name: path in present[document] for name, document in documents.items()}
    rule = clouds.documented.find(version, path)
    missing = tuple(name for name in clouds.names if has.get(name) is False)
    # Without a word in the documents, metadata that has the request is enough; without metadata, it is not.
    said = tuple(name for name in has if has[name]) if rule is None else rule.value.clouds
    return Availability(missing, tuple(name for name in clouds.names if name not in {*missing, *said}))
