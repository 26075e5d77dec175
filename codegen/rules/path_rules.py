"""Rules about requests by their paths: the first with a matching pattern decides, and each must decide something."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from codegen.errors import CodegenError, near
from codegen.rules.toml import Table, check_unique, convert

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PathRule(Generic[T]):
    """What holds for some requests.

    Args:
        name: its key in the file.
        versions: those it is for; all where it names none.
        patterns: of paths; `*` stands for any text, everything else for itself.
        value: what holds.
    """

    name: str
    versions: tuple[str, ...]
    patterns: tuple[str, ...]
    value: T

    def pattern_for(self, version: str, path: str) -> str | None:
        """Give the first pattern that matches a request."""
        if self.versions and version not in self.versions:
            return None
        return next((pattern for pattern in self.patterns if _regex(pattern).fullmatch(path)), None)


@dataclass(frozen=True, slots=True)
class PathRules(Generic[T]):
    """Rules in the order in which they are asked; `file` is what messages call where they stand."""

    file: str
    rules: tuple[PathRule[T], ...]

    def find(self, version: str, path: str) -> PathRule[T] | None:
        """Give the rule for a request."""
        return next((rule for rule in self.rules if rule.pattern_for(version, path) is not None), None)

    def check_used(self, requests: Iterable[tuple[str, str]]) -> None:
        """Refuse patterns and versions that decide nothing.

        Args:
            requests: the version and path of each.
        """
        known = tuple(requests)
        versions = {version for version, _ in known}
        decided = {self._decision(version, path) for version, path in known}
        for rule in self.rules:
            for version in rule.versions:
                if version not in versions:
                    raise CodegenError(f"unknown version {version}", f"{self.file}: {rule.name}")
            for pattern in rule.patterns:
                if (rule.name, pattern) not in decided:
                    hint = near(pattern, (path for _, path in known))
                    raise CodegenError(
                        f"unused pattern {pattern!r}: it matches no request, or earlier patterns match first{hint}",
                        f"{self.file}: {rule.name}",
                    )

    def _decision(self, version: str, path: str) -> tuple[str, str | None]:
        rule = self.find(version, path)
        return ("", None) if rule is None else (rule.name, rule.pattern_for(version, path))


class _Matched(Table, frozen=True):
    """What every rule has, whatever it decides."""

    paths: tuple[str, ...]
    versions: tuple[str, ...] = ()


def read_path_rules(tables: Mapping[str, object], file: str, type_: type[T]) -> PathRules[T]:
    """Read a table of rules. Each has `paths`, perhaps `versions`, and the keys of a type.

    Raises:
        CodegenError: a rule has no paths, or a key that the type does not have.
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
