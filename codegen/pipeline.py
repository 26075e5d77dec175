"""The pipeline from the metadata folder on: what the commands have in common."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath

from codegen import plan
from codegen.change.extract import canonical, record_source
from codegen.errors import CodegenError, near
from codegen.lower.package import lower
from codegen.read.document import read_document
from codegen.read.openapi.lost import lost_facts
from codegen.read.openapi.read import OpenApiDocument, is_openapi, read_openapi
from codegen.read.parse import Parser
from codegen.rules.clouds import Availability, Clouds, availability, check_clouds, read_clouds
from codegen.rules.docs import check_described, check_docs, read_docs
from codegen.rules.permissions import read_permissions
from codegen.rules.scope import Rules, read_rules
from codegen.scope.reach import Scope, reach
from codegen.write.render import render

Tell = Callable[[str], None]
"""Takes a line for people that is no error, such as what a document lacks."""


def unheard(_: str) -> None:
    """Take a line and drop it."""


def parser_of(metadata: Path, document: Path, requests: Iterable[str] = (), *, is_partial: bool = False) -> Parser:
    """Read a document, CSDL or OpenAPI; messages call it by its path in the metadata folder.

    Args:
        metadata: the folder.
        document: the file.
        requests: what is asked of it; OpenAPI has lost what can follow a function, and these say it.
        is_partial: whether it may lack base types.
    """
    name = document.relative_to(metadata).as_posix() if document.is_relative_to(metadata) else document.name
    read = read_openapi(document, name, requests) if is_openapi(document) else read_document(document, name)
    return Parser(read, is_partial=is_partial)


def scope_of(metadata: Path, rules: Rules, document: Path, *, is_partial: bool = False, tell: Tell = unheard) -> Scope:
    """Find what one version's rules reach in a document.

    Args:
        metadata: the folder.
        rules: of the version.
        document: complete or an extract.
        is_partial: whether it may lack some of it, being that of another cloud or of an earlier day.
        tell: hears what it lacks, and what OpenAPI has lost.
    """
    parser = parser_of(metadata, document, rules.requests, is_partial=is_partial)
    scope = reach(parser, rules, is_partial=is_partial)
    if isinstance(parser.document, OpenApiDocument):
        tell(f"{parser.document.file} is OpenAPI, which has lost facts of CSDL:")
        for fact in lost_facts(parser.document, scope.schema):
            tell(f"  {fact}")
    if scope.absent:
        requests = len(rules.requests) - len(scope.requests)
        tell(f"{parser.document.file} lacks {requests} of the {len(rules.requests)} requests of {rules.version}")
        for absence in scope.absent:
            tell(f"  {absence}")
    return scope


def rules_of_documents(metadata: Path) -> Mapping[str, Rules]:
    """Give the rules that go with each document of the metadata folder, by the document's path in it."""
    clouds = read_clouds(metadata / "clouds.toml", "clouds.toml")
    versions = read_rules(metadata / "scope.toml", "scope.toml")
    readers = {rules.metadata: rules for rules in versions}
    for rules in versions:
        for document in clouds.documents(rules.version):
            readers.setdefault(document, rules)
    return readers


@dataclass(frozen=True, slots=True)
class Source:
    """A complete document.

    Args:
        path: the file.
        origin: where it was found, for people; `None` for what is noted already, or the file name.
        day: of that.
    """

    path: Path
    origin: str | None
    day: date


def extract(metadata: Path, source: Source, out: Path, *, allow_missing: bool = False, tell: Tell = unheard) -> None:
    """Write the part of a complete document that scope.toml needs, and note where it came from.

    Args:
        metadata: the folder with scope.toml.
        source: the document.
        out: such as `metadata/v1.0/global.csdl.xml`; SOURCE.toml is written where its path begins.
        allow_missing: whether it may lack something; that of a cloud which is not the version's own always may.
        tell: hears what it lacks.

    Raises:
        CodegenError: neither a version nor a cloud reads its metadata from `out`, or a rule matches nothing.
    """
    target = out.resolve()
    readers = rules_of_documents(metadata)
    name = next((name for name in readers if target.as_posix().endswith(f"/{name}")), None)
    if name is None:
        shown = PurePosixPath(*target.parts[-2:]).as_posix()
        raise CodegenError(f"no version or cloud reads its metadata from {shown}{near(shown, readers)}", metadata)
    is_partial = allow_missing or readers[name].metadata != name
    text = canonical(scope_of(metadata, readers[name], source.path, is_partial=is_partial, tell=tell).schema)
    target.parent.mkdir(parents=True, exist_ok=True)
    record_source(target.parents[name.count("/")], name, source.path, source.origin, source.day)
    target.write_text(text, encoding="utf-8", newline="\n")


def packages(
    metadata: Path,
    documents: Mapping[str, Path] | None = None,
    *,
    allow_missing: bool = False,
    tell: Tell = unheard,
) -> tuple[plan.Package, ...]:
    """Lower every version that scope.toml offers.

    Args:
        metadata: the folder.
        documents: by version, what is read in the place of the version's own extract; only these versions are lowered.
        allow_missing: whether documents may lack what the rules ask for, and have what has no description.
        tell: hears what they lack.

    Raises:
        CodegenError: something in scope is not understood, a rule matches nothing, or a thing has no description.
    """
    versions = read_rules(metadata / "scope.toml", "scope.toml")
    docs = read_docs(metadata / "docs.toml", "docs.toml")
    permissions = read_permissions(metadata / "permissions.toml", "permissions.toml")
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
    check_clouds(clouds, requests)
    return tuple(lower(scope, docs, permissions, _available(metadata, clouds, scope)) for scope in scopes)


def generate(metadata: Path, *, allow_missing: bool = False, tell: Tell = unheard) -> dict[PurePosixPath, str]:
    """Render every version that scope.toml offers; `packages` says what the arguments mean."""
    return render(packages(metadata, allow_missing=allow_missing, tell=tell))


def _available(metadata: Path, clouds: Clouds, scope: Scope) -> Mapping[str, Availability]:
    version = scope.rules.version
    parsers = {document: parser_of(metadata, metadata / document) for document in clouds.documents(version)}
    return availability(clouds, version, scope.rules.requests, parsers)
