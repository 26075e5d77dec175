"""Reads TOML into typed tables. An unknown key or a value of another type is an error with its place."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast

import msgspec

from codegen.csdl import QualifiedName
from codegen.errors import CodegenError, did_you_mean

T = TypeVar("T")

_UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>.*)`")
_MISSING = re.compile(r"Object missing required field `(?P<key>.*)`")
_MISMATCH = re.compile(r"Expected `(?P<expected>[^`]*)`, got `(?P<found>[^`]*)`")
_WORDS = {
    "str": "a string",
    "array": "a list",
    "bool": "true or false",
    "date": "a date",
    "datetime": "a date",
    "float": "a number",
    "int": "an integer",
    "object": "a table",
}
_ANY_KEY = "[...]"
EMPTY: Mapping[str, Any] = MappingProxyType({})


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of a TOML file. Subclasses declare its keys. Nested tables are converted apart, for their place."""


def read_toml(path: Path, name: str) -> dict[str, Any]:
    """Read a TOML file.

    Args:
        path: the file.
        name: its name in messages.

    Raises:
        CodegenError: the file cannot be read or is not TOML.
    """
    try:
        return cast("dict[str, Any]", msgspec.toml.decode(path.read_bytes()))
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise CodegenError(str(error), name) from error


def convert(value: object, type_: type[T], place: str) -> T:
    """Return a value of a TOML file as a type.

    Args:
        value: as it was read.
        type_: such as a subclass of `Table`.
        place: where the value is.

    Raises:
        CodegenError: it is of another type, lacks a key, or has a key that the type does not have.
    """
    try:
        return msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        where = _exact(value, type_, path.removesuffix("`"))
        is_whole_file = ": " not in place
        exact = f"{place}: {where.removeprefix('.')}" if is_whole_file and where else f"{place}{where}"
        raise CodegenError(_reason(message, type_), exact) from error


def _reason(message: str, type_: type[object]) -> str:
    unknown, missing, mismatch = (pattern.fullmatch(message) for pattern in (_UNKNOWN, _MISSING, _MISMATCH))
    if unknown is not None:
        known = type_.__struct_fields__ if issubclass(type_, Table) else ()
        return f"unknown key {unknown['key']!r}{did_you_mean(unknown['key'], known)}"
    if missing is not None:
        return f"missing key {missing['key']!r}"
    if mismatch is not None:
        expected, found = (_WORDS.get(word, word) for word in (mismatch["expected"], mismatch["found"]))
        return f"expected {expected}, got {found}"
    return message


def _exact(value: object, type_: type[object], path: str) -> str:
    """Return a path with the actual key where msgspec only writes `[...]`."""
    field, found, rest = path.partition(_ANY_KEY)
    entries = value if field == "" else cast("Mapping[str, object]", value).get(field.removeprefix("."))
    if not found or not isinstance(entries, Mapping):
        return path
    for key, entry in cast("Mapping[str, object]", entries).items():
        only: object = {key: entry}
        if field != "":
            only = {**cast("Mapping[str, object]", value), field.removeprefix("."): only}
        try:
            msgspec.convert(only, type_)
        except msgspec.ValidationError:
            return f"{field}.{key}{rest}"
    return path


def check_unique(texts: tuple[str, ...], place: str) -> None:
    """Raise an error if a list has a string twice."""
    for text in texts:
        if texts.count(text) > 1:
            raise CodegenError(f"lists {text!r} twice", place)


def qualified(name: str, namespace: str) -> QualifiedName:
    """Return a name, with a namespace added if it has none."""
    return QualifiedName(name if "." in name else f"{namespace}.{name}")


def qualified_reference(text: str, namespace: str) -> str:
    """Return a name or `Collection(name)`, with a namespace added if the name has none."""
    inner = text.removeprefix("Collection(").removesuffix(")")
    return text.replace(inner, qualified(inner, namespace)) if inner else text
