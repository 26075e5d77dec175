"""The command line: `python -m tools.release dist | publish INDEX_URL`, from within a clone."""

import argparse
import sys
from pathlib import Path

from tools.release.distribution import make_distribution
from tools.release.errors import ReleaseError
from tools.release.index import Index
from tools.release.publish import publish, tag_of
from tools.release.repository import Repository


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        repository = Repository.around(Path.cwd())
        if options.command == "dist":
            if repository.changes:
                print("Uncommitted changes are left out: the distribution is built from the commit.")
            for file in make_distribution(repository).files:
                print(file.relative_to(repository.root))
            return 0
        index = Index.at(options.index_url)
        version = publish(repository, index)
        print(f"Published {version} to {index.url}\nPush its tag: git push origin {tag_of(version)}")
    except ReleaseError as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.release", description="Build and publish graph-meetings.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("dist", help="build and test the wheel and sdist of the commit, into dist/")
    publishing = commands.add_parser("publish", help="build, test and upload the commit")
    publishing.add_argument("index_url", metavar="INDEX_URL", help="upload URL of the index; its simple/ is below it")
    return parser


if __name__ == "__main__":
    sys.exit(main())
