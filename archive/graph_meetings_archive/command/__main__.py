"""The entry point of the command: runs it, and turns errors into messages and an exit status."""

import sys
from collections.abc import Sequence
from typing import Final

_EXTRA: Final = frozenset({"cyclopts", "rich"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: without the name of the command; by default those of the process.

    Returns:
        The exit status: 0 for success, 1 if something failed, 2 if it was called or set up incorrectly.
    """
    try:
        from graph_meetings_archive.command.run import run  # noqa: PLC0415  it needs the extra
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] not in _EXTRA:
            raise
        sys.stderr.write("error: graph-meetings needs more packages: pip install 'graph-meetings[archive]'\n")
        return 2
    return run(sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
