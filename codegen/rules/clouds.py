"""`clouds.toml`: the clouds, the metadata of each, and the requests that the documentation lists for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from codegen.errors import CodegenError, did_you_mean
from codegen.rules.path_rules import PathRules, read_path_rules
from codegen.rules.toml import EMPTY, Table, check_unique, convert, read_toml


class Documented(Table, frozen=True):
    """The clouds that have a request according to the documentation."""

    clouds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clouds:
    """What is known about the clouds.

    Args:
        file: its name in messages.
        names: the members of the runtime's `Cloud`.
        metadata: by version and cloud, the extract of the metadata that the cloud serves, if there is one.
        documented: the clouds that the documentation names for a request.
        hosts: by host, the cloud whose metadata is public at `https://HOST/VERSION/$metadata`.
    """

    file: str
    names: tuple[str, ...]
    metadata: Mapping[str, Mapping[str, str]]
    documented: PathRules[Documented]
    hosts: Mapping[str, str]

    def documents(self, version: str) -> tuple[str, ...]:
        """Return the extracts of one version, each once, sorted."""
        return tuple(sorted(set(self.metadata.get(version, {}).values())))


class _File(Table, frozen=True):
    clouds: tuple[str, ...]
    metadata: dict[str, dict[str, Any]]
    hosts: Mapping[str, str] = EMPTY
    documented: Mapping[str, Mapping[str, Any]] = EMPTY


def read_clouds(path: Path, name: str) -> Clouds:
    """Read clouds.toml.

    Raises:
        CodegenError: the file is invalid.
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
    """Raise an error if clouds.toml names a version or request that is not offered.

    Args:
        clouds: as read from clouds.toml.
        requests: the version and path of each.

    Raises:
        CodegenError: for the first one.
    """
    known = tuple(requests)
    versions = {version for version, _ in known}
    for version in clouds.metadata:
        if version not in versions:
            raise CodegenError(
                f"unknown version {version}{did_you_mean(version, versions)}", f"{clouds.file}: metadata"
            )
    clouds.documented.check_used(known)


def _check_known(clouds: Iterable[str], names: tuple[str, ...], place: str) -> None:
    for cloud in clouds:
        if cloud not in names:
            raise CodegenError(f"unknown cloud {cloud}{did_you_mean(cloud, names)}", place)
