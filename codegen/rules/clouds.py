"""`clouds.toml`: which cloud has a request, by the metadata that it serves and by what the documents say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from codegen.errors import CodegenError, near
from codegen.rules.path_rules import PathRules, read_path_rules
from codegen.rules.toml import EMPTY, Table, check_unique, convert, read_toml


class Documented(Table, frozen=True):
    """The clouds that have a request, as the documents say."""

    clouds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clouds:
    """What is known of the clouds.

    Args:
        file: what messages call the file.
        names: as the runtime's `Cloud` calls them.
        metadata: for each version and cloud, the extract of the metadata that the cloud serves, where there is one.
        documented: the clouds that the documents name for a request.
        hosts: the cloud that serves its metadata to everybody at `https://HOST/VERSION/$metadata`, by host.
    """

    file: str
    names: tuple[str, ...]
    metadata: Mapping[str, Mapping[str, str]]
    documented: PathRules[Documented]
    hosts: Mapping[str, str]

    def documents(self, version: str) -> tuple[str, ...]:
        """Give the extracts of one version, each once, sorted."""
        return tuple(sorted(set(self.metadata.get(version, {}).values())))


class _File(Table, frozen=True):
    clouds: tuple[str, ...]
    metadata: dict[str, dict[str, Any]]
    hosts: Mapping[str, str] = EMPTY
    documented: Mapping[str, Mapping[str, Any]] = EMPTY


def read_clouds(path: Path, name: str) -> Clouds:
    """Read what is known of the clouds.

    Raises:
        CodegenError: the file is not understood.
    """
    file = convert(read_toml(path, name), _File, name)
    check_unique(file.clouds, f"{name}: clouds")
    metadata: dict[str, Mapping[str, str]] = {}
    for version, documents in file.metadata.items():
        place = f"{name}: metadata.{version}"
        _check_known(documents, file.clouds, place)
        metadata[version] = MappingProxyType(convert(documents, dict[str, str], place))
    documented = read_path_rules(file.documented, f"{name}: documented", Documented)
    for rule in documented.rules:
        check_unique(rule.value.clouds, f"{documented.file}: {rule.name}.clouds")
        _check_known(rule.value.clouds, file.clouds, f"{documented.file}: {rule.name}")
    _check_known(file.hosts, file.clouds, f"{name}: hosts")
    hosts = {host: cloud for cloud, host in file.hosts.items()}
    return Clouds(name, file.clouds, MappingProxyType(metadata), documented, MappingProxyType(hosts))


def check_clouds(clouds: Clouds, requests: Iterable[tuple[str, str]]) -> None:
    """Refuse what is said about versions and requests that are not offered.

    Args:
        clouds: what is said.
        requests: the version and path of each.

    Raises:
        CodegenError: naming the first of it.
    """
    known = tuple(requests)
    versions = {version for version, _ in known}
    for version in clouds.metadata:
        if version not in versions:
            raise CodegenError(f"unknown version {version}{near(version, versions)}", f"{clouds.file}: metadata")
    clouds.documented.check_used(known)


def _check_known(clouds: Iterable[str], names: tuple[str, ...], place: str) -> None:
    for cloud in clouds:
        if cloud not in names:
            raise CodegenError(f"unknown cloud {cloud}{near(cloud, names)}", place)
