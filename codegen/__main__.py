"""The command line: `python -m codegen extract | generate | diff | refresh | tests`."""

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from codegen.blocking.translated_tests import write_translated_tests
from codegen.change.compare import compare
from codegen.change.extract import Source, extract
from codegen.change.notes import notes_of
from codegen.change.public_api import public_api_of
from codegen.change.refresh import Places, refresh
from codegen.change.report import FORMATS, is_breaking, next_version
from codegen.change.revisions import packages_of, version_of
from codegen.errors import CodegenError
from codegen.write.generate import generate_all
from codegen.write.output import check, write
from codegen.write.pages import differing, pages_in

_ROOT = Path(__file__).parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except CodegenError as error:
        tell(str(error))
        return int(options.error_status)


def _version() -> str:
    """Read the package's version from its source, which this program does not import."""
    source = (_ROOT / "overrides" / "graph_meetings_runtime" / "version.py").read_text(encoding="utf-8")
    return source.partition('VERSION = "')[2].partition('"')[0]


def _today() -> date:
    return datetime.now(tz=UTC).date()


def tell(line: str) -> None:
    """Print a line to stderr."""
    print(f"codegen: {line}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m codegen", description="Generate graph_meetings from metadata.")
    parser.add_argument("--metadata", type=Path, default=_ROOT / "metadata", help="the folder that contains scope.toml")
    commands = parser.add_subparsers(dest="command", required=True)
    extracting = commands.add_parser("extract", help="extract what scope.toml needs from a complete document")
    extracting.set_defaults(run=_extract, error_status=1)
    extracting.add_argument("source", type=Path, help="a complete CSDL document, or OpenAPI (.yaml, .yml, .json)")
    extracting.add_argument(
        "--out", type=Path, required=True, help="where to write it, such as metadata/v1.0/global.csdl.xml"
    )
    extracting.add_argument("--origin", help="where the document was found; default: as recorded, or its file name")
    extracting.add_argument("--date", type=date.fromisoformat, default=_today(), help="when it was found")
    _add_allow_missing(extracting)
    generating = commands.add_parser("generate", help="write generated/ and the generated pages of docs/")
    generating.set_defaults(run=_generate, error_status=1)
    generating.add_argument("--output", type=Path, default=_ROOT / "generated", help="the folder to replace")
    generating.add_argument("--check", action="store_true", help="write nothing; fail if a file would change")
    _add_allow_missing(generating)
    comparing = commands.add_parser("diff", help="show what changed for users; exits with 1 if something breaks")
    comparing.set_defaults(run=_diff, error_status=2)
    comparing.add_argument("old", help="a document, a metadata folder, or a git revision of --metadata")
    comparing.add_argument("new", help="the same")
    comparing.add_argument("--format", choices=FORMATS, default="text", help="text, Markdown for CHANGELOG.md, or JSON")
    comparing.add_argument("--version", default=_version(), help="the current version; the next one is proposed")
    comparing.add_argument(
        "--api", help="compare only this version of the API; default for documents: the first in scope.toml"
    )
    refreshing = commands.add_parser(
        "refresh", help="extract new documents, show what changes, generate, update the changelog"
    )
    refreshing.set_defaults(run=_refresh, error_status=1)
    sources = "a cloud's https://HOST/VERSION/$metadata, or DOCUMENT=FILE like v1.0/global.csdl.xml=new.csdl"
    refreshing.add_argument("sources", nargs="+", metavar="SOURCE", help=sources)
    refreshing.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
    refreshing.add_argument("--output", type=Path, default=_ROOT / "generated", help="the folder to replace")
    refreshing.add_argument("--changelog", type=Path, default=_ROOT / "CHANGELOG.md", help="the changelog to update")
    refreshing.add_argument("--version", default=_version(), help="the current version; the next one is proposed")
    refreshing.add_argument("--date", type=date.fromisoformat, default=_today(), help="when the documents were found")
    turning = commands.add_parser("tests", help="write the tests of the blocking client into blocking_tests/")
    turning.set_defaults(run=_tests, error_status=1)
    return parser


def _add_allow_missing(parser: argparse.ArgumentParser) -> None:
    text = "for documents of an earlier day: skip the requests and rules that they lack, and list them on stderr"
    parser.add_argument("--allow-missing", action="store_true", help=text)


def _extract(options: argparse.Namespace) -> int:
    source = Source(options.source, options.origin, options.date)
    extract(options.metadata, source, options.out, allow_missing=options.allow_missing, tell=tell)
    return 0


def _generate(options: argparse.Namespace) -> int:
    made = generate_all(options.metadata, allow_missing=options.allow_missing, tell=tell)
    pages = pages_in(made.pages, options.output.parent)
    if not options.check:
        write(made.files, options.output)
        for path, content in pages.items():
            path.write_bytes(content)
        return 0
    found = [*check(made.files, options.output), *differing(pages)]
    for line in found:
        print(line)
    return 1 if found else 0


def _tests(_: argparse.Namespace) -> int:
    write_translated_tests(_ROOT)
    return 0


def _diff(options: argparse.Namespace) -> int:
    sides = (options.old, options.new)
    api = version_of(sides, options.metadata, options.api)
    old, new = (packages_of(side, options.metadata, api) for side in sides)
    for note in notes_of(old, new):
        tell(note)
    changes = compare(public_api_of(old), public_api_of(new))
    sys.stdout.write(FORMATS[options.format](changes, options.version))
    return 1 if is_breaking(changes) else 0


def _refresh(options: argparse.Namespace) -> int:
    places = Places(options.metadata, options.output, options.changelog)
    next_version(options.version, ())
    changes = refresh(options.sources, places, options.date, tell, is_dry_run=options.dry_run)
    sys.stdout.write(FORMATS["text"](changes, options.version))
    return 0


if __name__ == "__main__":
    sys.exit(main())
