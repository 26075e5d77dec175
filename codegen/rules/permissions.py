"""`permissions.toml`: what a token needs for each request."""

import re
from dataclasses import dataclass
from pathlib import Path

from codegen.errors import CodegenError
from codegen.rules.path_rules import PathRule, PathRules, read_path_rules, texts_of
from codegen.rules.scope import check_keys, read_toml

_PERMISSION = re.compile(r"[A-Za-z-]+(\.[A-Za-z]+)+")


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a token needs, each list from the least to the most privileged; empty where it cannot work.

    Args:
        delegated: for a signed-in user.
        application: for an app without a user.
        needs_access_policy: whether an app also needs an application access policy.
    """

    delegated: tuple[str, ...]
    application: tuple[str, ...]
    needs_access_policy: bool


def read_permissions(path: Path, name: str) -> PathRules[Permissions]:
    """Read the permissions.

    Raises:
        CodegenError: the file says something that this program does not know.
    """
    return read_path_rules(read_toml(path, name), name, _permissions)


def permissions_of(rules: PathRules[Permissions], version: str, path: str) -> PathRule[Permissions]:
    """Give the permissions of a request, with the name of their rule.

    Raises:
        CodegenError: no rule is about it.
    """
    rule = rules.find(version, path)
    if rule is None:
        raise CodegenError(f"no permissions of {path} in {version}", rules.file)
    return rule


def _permissions(table: dict[str, object], place: str) -> Permissions:
    check_keys(table, ("delegated", "application", "needs_access_policy"), place)
    needs_policy = table.get("needs_access_policy", False)
    if not isinstance(needs_policy, bool):
        raise CodegenError("needs_access_policy is true or false", place)
    found = Permissions(
        delegated=_names(table.get("delegated", []), f"{place}.delegated"),
        application=_names(table.get("application", []), f"{place}.application"),
        needs_access_policy=needs_policy,
    )
    if not found.delegated and not found.application:
        raise CodegenError("no token could make this request", place)
    if found.needs_access_policy and not found.application:
        raise CodegenError("an access policy is for application permissions, and there are none", place)
    return found


def _names(value: object, place: str) -> tuple[str, ...]:
    names = texts_of(value, place)
    for name in names:
        if not _PERMISSION.fullmatch(name):
            raise CodegenError(f"{name!r} is no permission such as CallRecords.Read.All", place)
    return names
