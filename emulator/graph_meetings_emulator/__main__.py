"""The entry point of the command `graph-emulator`, which says what to install where its packages are missing."""

import sys

import graph_meetings_emulator


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status.

    Args:
        arguments: without the name of the command; by default those of the process.
    """
    try:
        _ = graph_meetings_emulator.Emulator  # imported now, with its packages
    except ModuleNotFoundError as missing:
        sys.stderr.write(f"graph-emulator: {missing}\n")
        return 2
    from graph_meetings_emulator.command import run  # noqa: PLC0415  it needs the extra

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
