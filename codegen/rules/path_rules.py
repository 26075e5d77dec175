"""Rules for requests by their paths. The first rule with a matching pattern applies; every pattern must be used."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from codegen.errors import CodegenError, did_you_mean
from codegen.rules.toml import Table, check_unique, convert

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PathRule(Generic[T]):
    """A rule for some requests.

    Args:
        name: its key in the file.
        versions: those it applies to; all if it names none.
        patterns: of paths, where `*` matches any text.
        value: what the rule says.
    """

    name: str
    versions: tuple[str, ...]
    patterns: tuple[str, ...]
    value: T

    def pattern_for(self, version: str, path: str) -> str | None:
        """Return the first pattern that matches a request, `None` if none does."""
        if self.versions and version not in self.versions:
            return None
        return next((pattern for pattern in self.patterns if _regex(pattern).fullmatch(path)), None)


def is_wildcard(pattern: str) -> bool:
    """Whether a pattern matches paths that it does not name. `name(*)` names a function, whatever its parameters."""
    return "*" in pattern.replace("(*)", "")


@dataclass(frozen=True, slots=True)
class PathRules(Generic[T]):
    """Rules in order of precedence; `file` is their place in messages."""

    file: str
    rules: tuple[PathRule[T], ...]

    def find(self, version: str, path: str) -> PathRule[T] | None:
        """Return the rule for a request, `None` if there is none."""
        return next((rule for rule in self.rules if rule.pattern_for(version, path) is not None), None)

    def check_used(self, requests: Iterable[tuple[str, str]]) -> None:
        """Raise an error if a pattern or version is not used.

        Args:
            requests: the version and path of each.
        """
        known = tuple(requests)
        versions = {version for version, _ in known}
        used = {self._used(version, path) for version, path in known}
        for rule in self.rules:
            for version in rule.versions:
                if version not in versions:
                    raise CodegenError(f"unknown version {version}", f"{self.file}: {rule.name}")
            for pattern in rule.patterns:
                if (rule.name, pattern) not in used:
                    hint = did_you_mean(pattern, (path for _, path in known))
                    raise CodegenError(
                        f"unused pattern {pattern!r}: it matches no request, or earlier patterns match first{hint}",
                        f"{self.file}: {rule.name}",
                    )

    def _used(self, version: str, path: str) -> tuple[str, str | None]:
        rule = self.find(version, path)
        return ("", None) if rule is None else (rule.name, rule.pattern_for(version, path))


class _Matched(Table, frozen=True):
    """The keys that every rule has."""

    paths: tuple[str, ...]
    versions: tuple[str, ...] = ()


def read_path_rules(tables: Mapping[str, object], file: str, type_: type[T]) -> PathRules[T]:
    """Read a table of rules. Each has `paths`, perhaps `versions`, and the keys of a type.

    Raises:
        CodegenError: a rule lacks `paths`, or has an unknown key.
    """
    rules: list[PathRule[T]] = []
    for name, body in tables.items():
        place = f"{file}: {name}"
        table = convert(body, dict[str, Any], place)
        matched = convert({key: table.pop(key) for key in _Matched.__struct_fields__ if key in table}, _Matched, place)
        check_unique(matched.paths, f"{place}.paths")
        check_unique(matched.versions, f"{place}.versions")
        rules.append(PathRule(name, matched.versions, matched.paths, convert(table, type_, place)))
    return PathRules(file, tuple(rules))


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))))
