"""`permissions.toml`: what a token needs for each request."""

import re
from pathlib import Path

from codegen.errors import CodegenError
from codegen.rules.path_rules import PathRule, PathRules, read_path_rules
from codegen.rules.toml import Table, check_unique, read_toml

_PERMISSION = re.compile(r"[A-Za-z-]+(\.[A-Za-z]+)+")


class Permissions(Table, frozen=True):
    """What a token needs. Each list goes from the least to the most privileged; an empty one means not supported.

    Args:
        delegated: for a signed-in user.
        application: for an app without a user.
        needs_access_policy: whether an app also needs an application access policy.
        depends_on: what decides which of them a request needs, such as `the resource subscribed to`; empty if any of
            them will do.
    """

    delegated: tuple[str, ...] = ()
    application: tuple[str, ...] = ()
    needs_access_policy: bool = False
    depends_on: str = ""


def read_permissions(path: Path, name: str) -> PathRules[Permissions]:
    """Read the permissions.

    Raises:
        CodegenError: the file is invalid.
    """
    rules = read_path_rules(read_toml(path, name), name, Permissions)
    for rule in rules.rules:
        _check(rule.value, f"{name}: {rule.name}")
    return rules


def permissions_of(rules: PathRules[Permissions], version: str, path: str) -> PathRule[Permissions]:
    """Return the rule with the permissions of a request.

    Raises:
        CodegenError: no rule matches it.
    """
    rule = rules.find(version, path)
    if rule is None:
        raise CodegenError(f"no rule gives the permissions of {path} in {version}", rules.file)
    return rule


def _check(permissions: Permissions, place: str) -> None:
    for key, names in (("delegated", permissions.delegated), ("application", permissions.application)):
        check_unique(names, f"{place}.{key}")
        for name in names:
            if not _PERMISSION.fullmatch(name):
                raise CodegenError(f"{name!r} is not a permission like CallRecords.Read.All", f"{place}.{key}")
    if not permissions.delegated and not permissions.application:
        raise CodegenError("expected delegated or application permissions", place)
    if permissions.needs_access_policy and not permissions.application:
        raise CodegenError("needs_access_policy requires application permissions", place)
