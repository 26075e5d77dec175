"""In which clouds a request is available, by their metadata and by the documentation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from codegen.rules.clouds import Clouds


@dataclass(frozen=True, slots=True)
class Availability:
    """The clouds that lack a request or may lack it, in the order of clouds.toml.

    Args:
        missing_in: the clouds whose metadata lacks it.
        doubtful_in: the clouds that the documentation leaves out although their metadata has it, and those for which
            neither metadata nor documentation says that they have it.
    """

    missing_in: tuple[str, ...]
    doubtful_in: tuple[str, ...]


def availability(
    clouds: Clouds, version: str, paths: Iterable[str], present: Mapping[str, frozenset[str]]
) -> Mapping[str, Availability]:
    """Find in which clouds each request of a version is available.

    Args:
        clouds: what is known about them.
        version: of the requests.
        paths: of the requests.
        present: by document of the clouds, which of these paths it has.
    """
    return MappingProxyType({path: _availability(clouds, version, path, present) for path in paths})


def _availability(clouds: Clouds, version: str, path: str, present: Mapping[str, frozenset[str]]) -> Availability:
    documents = clouds.metadata.get(version, {})
    has = {name: path in present[document] for name, document in documents.items()}
    rule = clouds.documented.find(version, path)
    missing = tuple(name for name in clouds.names if has.get(name) is False)
    # Where the documentation says nothing, metadata that has the request is enough. Without metadata it is in doubt.
    said = tuple(name for name in has if has[name]) if rule is None else rule.value.clouds
    return Availability(missing, tuple(name for name in clouds.names if name not in {*missing, *said}))
