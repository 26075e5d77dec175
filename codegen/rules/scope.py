"""`scope.toml`: what each version offers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from codegen.csdl import QualifiedName
from codegen.errors import CodegenError, did_you_mean
from codegen.rules.toml import EMPTY, Table, check_unique, convert, qualified, qualified_reference, read_toml

USER_IN_PATH = "user in path"
METHODS = ("GET", "POST", "PATCH", "DELETE")
_VERSION = re.compile(r"v[0-9]+\.[0-9]+|beta")
_PACKAGE = re.compile(r"[a-z_]+(\.[a-z_]+)*")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")


@dataclass(frozen=True, slots=True)
class Derived:
    """The offered subtypes of a base. A base without such a rule offers all of them."""

    base: QualifiedName
    offered: tuple[QualifiedName, ...]


class Default(Table, frozen=True):
    """The default of a function's parameter, which CSDL cannot express."""

    function: str
    binding: str
    parameter: str
    value: str


@dataclass(frozen=True, slots=True)
class Properties:
    """The offered properties of a type, besides its key and the streams that requests end in.

    A type without such a rule offers all of its own, and so does each of its bases.
    """

    type: QualifiedName
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BuilderBase:
    """The class of the runtime that a builder inherits from, where it can do more than others of its kind.

    Args:
        target: what the builder stands for, such as `Collection(microsoft.graph.onlineMeeting)`.
    """

    target: str
    class_name: str


@dataclass(frozen=True, slots=True)
class ContentOf:
    """The paths to an entity's stream, with its properties as keys. The first path whose keys it has is used."""

    type: QualifiedName
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MediaTypes:
    """The media types of a stream, the default one first, which CSDL cannot express."""

    type: QualifiedName
    property: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Methods:
    """The methods that are sent to a path, where that is not GET alone."""

    path: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Secrets:
    """The properties of a type whose values are shown nowhere."""

    type: QualifiedName
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rename:
    """A class name that differs from the type's."""

    type: QualifiedName
    class_name: str


@dataclass(frozen=True, slots=True)
class Alias:
    """A former name to keep, in Python's words: a class, or `Class.member`; and its current name."""

    name: str
    target: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What one version of the API offers.

    Args:
        file: the name of scope.toml in messages.
        version: the version's name in URLs.
        package: the Python package that is generated.
        metadata: path of the CSDL extract, relative to the metadata folder.
        key_as_segment: whether keys that are strings are path segments, as in Graph, or stand in parentheses.
        keys_left_out: the types of entities that the service sends without their key.
    """

    file: str
    version: str
    package: str
    metadata: str
    key_as_segment: bool
    requests: tuple[str, ...]
    derived: tuple[Derived, ...]
    properties: tuple[Properties, ...]
    keys_left_out: tuple[QualifiedName, ...]
    defaults: tuple[Default, ...]
    builders: tuple[BuilderBase, ...]
    content_of: tuple[ContentOf, ...]
    media_types: tuple[MediaTypes, ...]
    rename: tuple[Rename, ...]
    aliases: tuple[Alias, ...]
    methods: tuple[Methods, ...] = ()
    secrets: tuple[Secrets, ...] = ()


class _File(Table, frozen=True):
    default_namespace: str
    versions: dict[str, dict[str, Any]]
    common: Mapping[str, Any] = EMPTY


class _Common(Table, frozen=True):
    key_as_segment: bool = True
    requests: tuple[str, ...] = ()
    derived: Mapping[str, tuple[str, ...]] = EMPTY
    properties: Mapping[str, tuple[str, ...]] = EMPTY
    keys_left_out: tuple[str, ...] = ()
    defaults: tuple[dict[str, Any], ...] = ()
    builders: Mapping[str, str] = EMPTY
    content_of: Mapping[str, tuple[str, ...]] = EMPTY
    media_types: Mapping[str, tuple[str, ...]] = EMPTY
    rename: Mapping[str, str] = EMPTY
    aliases: Mapping[str, str] = EMPTY
    methods: Mapping[str, tuple[str, ...]] = EMPTY
    secrets: Mapping[str, tuple[str, ...]] = EMPTY


class _Version(_Common, frozen=True, kw_only=True):
    package: str
    metadata: str


def read_rules(path: Path, name: str) -> tuple[Rules, ...]:
    """Read the rules of every version, each with the common ones before its own.

    Args:
        path: the TOML file.
        name: its name in messages.

    Raises:
        CodegenError: the file is invalid.
    """
    file = convert(read_toml(path, name), _File, name)
    common = convert(file.common, _Common, f"{name}: common")
    return tuple(
        _Reader(name, file.default_namespace, version).rules(common, body) for version, body in file.versions.items()
    )


class _Reader:
    """Reads the rules of one version."""

    def __init__(self, file: str, namespace: str, version: str) -> None:
        self.file = file
        self.namespace = namespace
        self.version = version
        self.place = f"{file}: versions.{version}"

    def rules(self, common: _Common, body: Mapping[str, Any]) -> Rules:
        own = convert(body, _Version, self.place)
        if not _VERSION.fullmatch(self.version):
            raise CodegenError(f"{self.version!r} is not a version like v1.0 or beta", self.file)
        if not _PACKAGE.fullmatch(own.package):
            raise CodegenError(f"{own.package!r} is not a package name", self.place)
        derived = {**common.derived, **own.derived}
        properties = {**common.properties, **own.properties}
        builders = {**common.builders, **own.builders}
        content_of = {**common.content_of, **own.content_of}
        media_types = {**common.media_types, **own.media_types}
        rename = {**common.rename, **own.rename}
        aliases = {**common.aliases, **own.aliases}
        methods = {**common.methods, **own.methods}
        secrets = {**common.secrets, **own.secrets}
        return Rules(
            file=self.file,
            version=self.version,
            package=own.package,
            metadata=own.metadata,
            key_as_segment=common.key_as_segment and own.key_as_segment,
            requests=(*common.requests, *own.requests),
            derived=tuple(Derived(self._name(base), tuple(map(self._name, derived[base]))) for base in derived),
            properties=tuple(Properties(self._name(name), properties[name]) for name in properties),
            keys_left_out=tuple(map(self._name, (*common.keys_left_out, *own.keys_left_out))),
            defaults=tuple(map(self._default, (*common.defaults, *own.defaults))),
            builders=tuple(self._builder(target, builders[target]) for target in builders),
            content_of=tuple(ContentOf(self._name(name), content_of[name]) for name in content_of),
            media_types=tuple(self._media_types(name, media_types[name]) for name in media_types),
            rename=tuple(Rename(self._name(name), rename[name]) for name in rename),
            aliases=tuple(Alias(name, aliases[name]) for name in aliases),
            methods=tuple(self._methods(path, methods[path]) for path in methods),
            secrets=tuple(Secrets(self._name(name), secrets[name]) for name in secrets),
        )

    def _default(self, entry: dict[str, Any]) -> Default:
        default = convert(entry, Default, f"{self.place}.defaults")
        if default.value != USER_IN_PATH:
            raise CodegenError(f"unknown default {default.value!r}; the only one is {USER_IN_PATH!r}", self.place)
        return msgspec.structs.replace(default, binding=qualified_reference(default.binding, self.namespace))

    def _builder(self, target: str, class_name: str) -> BuilderBase:
        return BuilderBase(qualified_reference(target, self.namespace), class_name)

    def _media_types(self, name: str, media_types: tuple[str, ...]) -> MediaTypes:
        place = f"{self.place}.media_types.{name}"
        owner, _, member = name.partition("/")
        for media_type in media_types:
            if not _MEDIA_TYPE.fullmatch(media_type):
                raise CodegenError(f"{media_type!r} is not a media type like text/vtt", place)
        if not media_types:
            raise CodegenError("expected at least one media type", place)
        return MediaTypes(self._name(owner), member, media_types)

    def _methods(self, path: str, names: tuple[str, ...]) -> Methods:
        place = f"{self.place}.methods.{path}"
        check_unique(names, place)
        if not names:
            raise CodegenError("expected at least one method", place)
        for name in names:
            if name not in METHODS:
                raise CodegenError(f"unknown method {name!r}{did_you_mean(name, METHODS)}", place)
        return Methods(path, names)

    def _name(self, name: str) -> QualifiedName:
        return qualified(name, self.namespace)
