"""`clouds.toml`: which cloud has a request, by the metadata that it serves and by what the documents say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from codegen.errors import CodegenError, near
from codegen.rules.path_rules import PathRules, read_path_rules, texts_of
from codegen.rules.scope import check_keys, read_toml, table_of, text_of


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
    documented: PathRules[tuple[str, ...]]
    hosts: Mapping[str, str]

    def documents(self, version: str) -> tuple[str, ...]:
        """Give the extracts of one version, each once, sorted."""
        return tuple(sorted(set(self.metadata.get(version, {}).values())))


def read_clouds(path: Path, name: str) -> Clouds:
    """Read what is known of the clouds.

    Raises:
        CodegenError: the file says something that this program does not know.
    """
    data = read_toml(path, name)
    check_keys(data, ("clouds", "hosts", "metadata", "documented"), name)
    names = texts_of(data.get("clouds"), f"{name}: clouds")
    metadata = {
        version: _metadata(body, names, f"{name}: metadata.{version}")
        for version, body in table_of(data.get("metadata"), f"{name}: metadata").items()
    }

    def clouds(table: dict[str, object], place: str) -> tuple[str, ...]:
        check_keys(table, ("clouds",), place)
        return _known(texts_of(table.get("clouds"), f"{place}.clouds"), names, place)

    documented = read_path_rules(data.get("documented", {}), f"{name}: documented", clouds)
    hosts = {
        text_of(host, f"{name}: hosts.{cloud}"): cloud
        for cloud, host in table_of(data.get("hosts", {}), f"{name}: hosts").items()
    }
    _known(tuple(hosts.values()), names, f"{name}: hosts")
    return Clouds(name, names, MappingProxyType(metadata), documented, MappingProxyType(hosts))


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
            raise CodegenError(f"there is no version {version}{near(version, versions)}", f"{clouds.file}: metadata")
    clouds.documented.check_used(known)


def _metadata(value: object, names: tuple[str, ...], place: str) -> Mapping[str, str]:
    table = table_of(value, place)
    _known(tuple(table), names, place)
    return MappingProxyType({cloud: text_of(document, f"{place}.{cloud}") for cloud, document in table.items()})


def _known(clouds: tuple[str, ...], names: tuple[str, ...], place: str) -> tuple[str, ...]:
    for cloud in clouds:
        if cloud not in names:
            raise CodegenError(f"there is no cloud {cloud}{near(cloud, names)}", place)
    return clouds
