"""`scope.toml` as frozen values: what is offered, version by version."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from codegen.csdl import QualifiedName
from codegen.errors import CodegenError, near

USER_IN_PATH = "user in path"
_VERSION = re.compile(r"v[0-9]+\.[0-9]+|beta")
_PACKAGE = re.compile(r"[a-z_]+(\.[a-z_]+)*")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
_TABLES = ("requests", "derived", "defaults", "content_of", "media_types", "rename", "aliases")


@dataclass(frozen=True, slots=True)
class Derived:
    """Which types derived from a base are offered; a base without such a rule offers all."""

    base: QualifiedName
    offered: tuple[QualifiedName, ...]


@dataclass(frozen=True, slots=True)
class Default:
    """What a function's parameter is when the caller says nothing; CSDL has no word for that."""

    function: str
    binding: str
    parameter: str
    value: str


@dataclass(frozen=True, slots=True)
class ContentOf:
    """The paths of an entity's stream, with properties of the entity as keys; the first whose keys it has counts."""

    type: QualifiedName
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MediaTypes:
    """The media types of a stream, the one that is asked for by default first; CSDL has no word for that."""

    type: QualifiedName
    property: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rename:
    """A class name other than the type's own."""

    type: QualifiedName
    class_name: str


@dataclass(frozen=True, slots=True)
class Alias:
    """A former name that stays, in Python's words: a class, or `Class.member`; and the present name of the same."""

    name: str
    target: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What one version of the API offers.

    Args:
        file: what messages call the file with the rules.
        version: the version's name in URLs.
        package: the Python package that is generated.
        metadata: path of the CSDL extract, relative to the metadata folder.
    """

    file: str
    version: str
    package: str
    metadata: str
    requests: tuple[str, ...]
    derived: tuple[Derived, ...]
    defaults: tuple[Default, ...]
    content_of: tuple[ContentOf, ...]
    media_types: tuple[MediaTypes, ...]
    rename: tuple[Rename, ...]
    aliases: tuple[Alias, ...]


def read_rules(path: Path, name: str) -> tuple[Rules, ...]:
    """Read the rules of every version, each with the common ones before its own.

    Args:
        path: the TOML file.
        name: what messages call it.

    Raises:
        CodegenError: the file says something that this program does not know.
    """
    data = read_toml(path, name)
    check_keys(data, ("default_namespace", "common", "versions"), name)
    namespace = text_of(data.get("default_namespace"), f"{name}: default_namespace")
    common = table_of(data.get("common", {}), f"{name}: common")
    check_keys(common, _TABLES, f"{name}: common")
    versions = table_of(data.get("versions"), f"{name}: versions")
    return tuple(_Version(name, namespace, version, common, body).rules() for version, body in versions.items())


class _Version:
    """Reads the rules of one version."""

    def __init__(self, file: str, namespace: str, version: str, common: dict[str, object], body: object) -> None:
        self.file = file
        self.namespace = namespace
        self.version = version
        self.place = f"{file}: versions.{version}"
        self.common = common
        self.own = table_of(body, self.place)
        check_keys(self.own, ("package", "metadata", *_TABLES), self.place)

    def rules(self) -> Rules:
        if not _VERSION.fullmatch(self.version):
            raise CodegenError(f"{self.version!r} is no version such as v1.0 or beta", self.file)
        package = text_of(self.own.get("package"), f"{self.place}.package")
        if not _PACKAGE.fullmatch(package):
            raise CodegenError(f"{package!r} is no package name", self.place)
        return Rules(
            file=self.file,
            version=self.version,
            package=package,
            metadata=text_of(self.own.get("metadata"), f"{self.place}.metadata"),
            requests=tuple(text_of(path, f"{self.place}.requests") for path in self._list("requests")),
            derived=tuple(
                Derived(self._name(base), tuple(self._name(text_of(n, self.place)) for n in list_of(names, self.place)))
                for base, names in self._table("derived").items()
            ),
            defaults=tuple(self._default(entry) for entry in self._list("defaults")),
            content_of=tuple(
                ContentOf(self._name(name), tuple(text_of(path, self.place) for path in list_of(paths, self.place)))
                for name, paths in self._table("content_of").items()
            ),
            media_types=tuple(self._media_types(name, value) for name, value in self._table("media_types").items()),
            rename=tuple(
                Rename(self._name(name), text_of(to, self.place)) for name, to in self._table("rename").items()
            ),
            aliases=tuple(
                Alias(name, text_of(to, f"{self.place}.aliases.{name}")) for name, to in self._table("aliases").items()
            ),
        )

    def _default(self, entry: object) -> Default:
        table = table_of(entry, f"{self.place}.defaults")
        check_keys(table, ("function", "binding", "parameter", "value"), f"{self.place}.defaults")
        value = text_of(table.get("value"), f"{self.place}.defaults.value")
        if value != USER_IN_PATH:
            raise CodegenError(f"the only default known is {USER_IN_PATH!r}, not {value!r}", self.place)
        binding = text_of(table.get("binding"), self.place)
        inner = binding.removeprefix("Collection(").removesuffix(")")
        return Default(
            function=text_of(table.get("function"), f"{self.place}.defaults.function"),
            binding=binding.replace(inner, self._name(inner)),
            parameter=text_of(table.get("parameter"), f"{self.place}.defaults.parameter"),
            value=value,
        )

    def _media_types(self, name: str, value: object) -> MediaTypes:
        place = f"{self.place}.media_types.{name}"
        owner, _, member = name.partition("/")
        names = tuple(text_of(media_type, place) for media_type in list_of(value, place))
        for media_type in names:
            if not _MEDIA_TYPE.fullmatch(media_type):
                raise CodegenError(f"{media_type!r} is no media type such as text/vtt", place)
        if not names:
            raise CodegenError("names no media type", place)
        return MediaTypes(self._name(owner), member, names)

    def _name(self, name: str) -> QualifiedName:
        return qualified(name, self.namespace)

    def _list(self, key: str) -> list[object]:
        return [*list_of(self.common.get(key, []), self.file), *list_of(self.own.get(key, []), self.place)]

    def _table(self, key: str) -> dict[str, object]:
        return {**table_of(self.common.get(key, {}), self.file), **table_of(self.own.get(key, {}), self.place)}


def qualified(name: str, namespace: str) -> QualifiedName:
    """Give a name its namespace where it has none of its own."""
    return QualifiedName(name if "." in name else f"{namespace}.{name}")


def read_toml(path: Path, name: str) -> dict[str, object]:
    """Read a TOML file.

    Raises:
        CodegenError: it cannot be read or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CodegenError(str(error), name) from error


def check_keys(table: dict[str, object], known: tuple[str, ...], place: str) -> None:
    """Refuse a key that has no meaning."""
    for key in table:
        if key not in known:
            raise CodegenError(f"unknown key {key!r}{near(key, known)}", place)


def table_of(value: object, place: str) -> dict[str, object]:
    """Give a value that must be a table."""
    if not isinstance(value, dict):
        raise CodegenError("a table belongs here", place)
    return cast("dict[str, object]", value)


def list_of(value: object, place: str) -> list[object]:
    """Give a value that must be a list."""
    if not isinstance(value, list):
        raise CodegenError("a list belongs here", place)
    return cast("list[object]", value)


def text_of(value: object, place: str) -> str:
    """Give a value that must be a text."""
    if not isinstance(value, str):
        raise CodegenError("a text belongs here", place)
    return value
