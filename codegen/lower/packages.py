"""Lowers every version in the metadata folder."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from codegen import plan
from codegen.lower.lowering import Lowering, name_classes
from codegen.lower.package import lower
from codegen.progress import Tell, silent
from codegen.read.csdl.parse import Parser
from codegen.read.metadata import parser_of
from codegen.rules.clouds import Clouds, check_clouds, read_clouds
from codegen.rules.docs import check_described, check_docs, read_docs
from codegen.rules.permissions import read_permissions
from codegen.rules.query_options import read_query_options
from codegen.rules.scope import read_rules
from codegen.rules.tables import read_tables
from codegen.scope.availability import Availability, availability
from codegen.scope.document import scope_of
from codegen.scope.resolve import is_in
from codegen.scope.scope import Scope


def packages(
    metadata: Path,
    documents: Mapping[str, Path] | None = None,
    *,
    allow_missing: bool = False,
    tell: Tell = silent,
) -> tuple[plan.Package, ...]:
    """Lower every version in scope.toml.

    Args:
        metadata: the folder.
        documents: by version, the document to read instead of the version's extract; other versions are left out.
        allow_missing: whether documents may lack what the rules name, and descriptions may be missing.
        tell: receives what documents lack.

    Raises:
        CodegenError: something in scope is not understood, a rule matches nothing, or a thing has no description.
    """
    versions = read_rules(metadata / "scope.toml", "scope.toml")
    docs = read_docs(metadata / "docs.toml", "docs.toml")
    permissions = read_permissions(metadata / "permissions.toml", "permissions.toml")
    options = read_query_options(metadata / "query_options.toml", "query_options.toml")
    tables = read_tables(metadata / "tables.toml", "tables.toml")
    clouds = read_clouds(metadata / "clouds.toml", "clouds.toml")
    chosen = {rules.version: metadata / rules.metadata for rules in versions} if documents is None else documents
    scopes = [
        scope_of(metadata, rules, chosen[rules.version], is_partial=allow_missing, tell=tell)
        for rules in versions
        if rules.version in chosen
    ]
    if allow_missing:
        docs = replace(docs, is_partial=True)
    else:
        check_docs(docs, (scope.schema for scope in scopes))
        check_described(docs, ((scope.schema, scope.models) for scope in scopes))
    requests = [(rules.version, path) for rules in versions for path in rules.requests]
    permissions.check_used(requests)
    options.check_used(requests)
    check_clouds(clouds, requests)
    return tuple(
        lower(
            Lowering(
                scope,
                docs,
                permissions,
                options,
                _available(metadata, clouds, scope, chosen[scope.rules.version]),
                name_classes(scope),
            ),
            tables,
        )
        for scope in scopes
    )


def _available(metadata: Path, clouds: Clouds, scope: Scope, document: Path) -> Mapping[str, Availability]:
    """Find in which clouds each request is available. `document` is the one that the scope was found in."""
    paths = scope.rules.requests
    present = {
        name: frozenset(
            paths if metadata / name == document else _paths_in(parser_of(metadata, metadata / name), paths)
        )
        for name in clouds.documents(scope.rules.version)
    }
    return availability(clouds, scope.rules.version, paths, present)


def _paths_in(parser: Parser, paths: Iterable[str]) -> Iterator[str]:
    return (path for path in paths if is_in(parser, path))
