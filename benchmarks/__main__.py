"""Run all measurements and print one table: `make bench`."""

import platform

from rich.console import Console
from rich.table import Table

from benchmarks import decoding, downloads, processes, requests
from benchmarks.measure import Row


def main() -> None:
    """Measure and print. A budget that is missed is shown, and does not change the exit status."""
    console = Console(width=150)
    table = Table("what", "ours", "against", "its figure", "ratio", "spread", "budget", title=_machine())
    for module in (decoding, requests, downloads, processes):
        for row in module.rows():
            table.add_row(*_cells(row))
            console.print(f"{row.what}, against {row.against}: {row.ratio:.2f}", style="dim")
    console.print(table)


def _cells(row: Row) -> tuple[str, ...]:
    verdict = "" if not row.budget else f"{row.budget} {'met' if row.is_met else 'MISSED'}"
    spread = f"{row.spread[0]:.2f} to {row.spread[1]:.2f}"
    figures = f"{row.ours:.4g} {row.unit}", row.against, f"{row.limit:.4g} {row.unit}"
    return row.what, *figures, f"{row.ratio:.2f}", spread, verdict


def _machine() -> str:
    return f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}"


if __name__ == "__main__":
    main()
