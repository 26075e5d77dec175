"""The command line: `python -m codegen extract SOURCE --out …` and `python -m codegen generate [--check]`."""

import argparse
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

from codegen.clouds import Availability, Clouds, availability, check_clouds, read_clouds
from codegen.docs import check_docs, read_docs
from codegen.document import read_document
from codegen.errors import CodegenError, near
from codegen.extract import canonical, record_source
from codegen.lower import lower
from codegen.parse import Parser
from codegen.permissions import read_permissions
from codegen.render import render
from codegen.rules import Rules, read_rules
from codegen.scope import Scope, reach
from codegen.write import check, write

_ROOT = Path(__file__).parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Run one command; gives the exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "extract":
            extract(options.metadata, options.source, options.out, options.origin or options.source.name, options.date)
            return 0
        if options.check:
            return check_generated(options.metadata, options.output)
        write(generate(options.metadata), options.output)
    except CodegenError as error:
        print(f"codegen: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m codegen", description="Generate graph_meetings from metadata.")
    parser.add_argument("--metadata", type=Path, default=_ROOT / "metadata", help="the folder with scope.toml")
    commands = parser.add_subparsers(dest="command", required=True)
    extracting = commands.add_parser("extract", help="keep of a complete CSDL document what scope.toml needs")
    extracting.add_argument("source", type=Path, help="the complete document")
    extracting.add_argument("--out", type=Path, required=True, help="such as metadata/v1.0/global.csdl.xml")
    extracting.add_argument("--origin", help="where the document was found; its file name unless given")
    extracting.add_argument("--date", type=date.fromisoformat, default=datetime.now(tz=UTC).date(), help="of that")
    generating = commands.add_parser("generate", help="write generated/")
    generating.add_argument("--output", type=Path, default=_ROOT / "generated", help="the folder to replace")
    generating.add_argument("--check", action="store_true", help="write nothing; fail where something would change")
    return parser


def parser_of(metadata: Path, document: Path) -> Parser:
    """Read a document; messages call it by its path in the metadata folder."""
    name = document.relative_to(metadata).as_posix() if document.is_relative_to(metadata) else document.name
    return Parser(read_document(document, name))


def scope_of(metadata: Path, rules: Rules, document: Path, *, is_partial: bool = False) -> Scope:
    """Find what one version's rules reach in a document.

    Args:
        metadata: the folder.
        rules: of the version.
        document: complete or an extract.
        is_partial: whether it is that of a cloud that may lack some of it.
    """
    return reach(parser_of(metadata, document), rules, is_partial=is_partial)


def extract(metadata: Path, source: Path, out: Path, origin: str, on: date) -> None:
    """Write the part of a complete document that scope.toml needs, and note where it came from.

    Raises:
        CodegenError: neither a version nor a cloud reads its metadata from `out`, or a rule matches nothing.
    """
    clouds = read_clouds(metadata / "clouds.toml", "clouds.toml")
    folder = metadata.resolve()
    target = out.resolve()
    name = target.relative_to(folder).as_posix() if target.is_relative_to(folder) else str(out)
    readers = {rules.metadata: rules for rules in read_rules(metadata / "scope.toml", "scope.toml")}
    for rules in tuple(readers.values()):
        for document in clouds.documents(rules.version):
            readers.setdefault(document, rules)
    if name not in readers:
        raise CodegenError(f"no version or cloud reads its metadata from {name}{near(name, readers)}", metadata)
    is_partial = readers[name].metadata != name
    text = canonical(scope_of(metadata, readers[name], source, is_partial=is_partial).schema)
    record_source(metadata, name, source, origin, on)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", newline="\n")


def generate(metadata: Path) -> dict[PurePosixPath, str]:
    """Render every version that scope.toml offers."""
    versions = read_rules(metadata / "scope.toml", "scope.toml")
    docs = read_docs(metadata / "docs.toml", "docs.toml")
    permissions = read_permissions(metadata / "permissions.toml", "permissions.toml")
    clouds = read_clouds(metadata / "clouds.toml", "clouds.toml")
    scopes = [scope_of(metadata, rules, metadata / rules.metadata) for rules in versions]
    check_docs(docs, (scope.schema for scope in scopes))
    requests = [(rules.version, path) for rules in versions for path in rules.requests]
    permissions.check_used(requests)
    check_clouds(clouds, requests)
    packages = [lower(scope, docs, permissions, _available(metadata, clouds, scope)) for scope in scopes]
    return render(tuple(packages))


def _available(metadata: Path, clouds: Clouds, scope: Scope) -> Mapping[str, Availability]:
    version = scope.rules.version
    parsers = {document: parser_of(metadata, metadata / document) for document in clouds.documents(version)}
    return availability(clouds, version, scope.rules.requests, parsers)


def check_generated(metadata: Path, output: Path) -> int:
    """Say what differs from a fresh generation; gives 1 where something does."""
    found = check(generate(metadata), output)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
