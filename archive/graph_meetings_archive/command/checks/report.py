"""The report of a check, for people and for programs."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from graph_meetings_archive.command.checks.advice import Advice
from graph_meetings_archive.command.checks.findings import Finding
from graph_meetings_archive.command.output.columns import duration_text
from graph_meetings_archive.command.output.terminal import out
from graph_meetings_archive.token_facts import TokenFacts
from graph_meetings_runtime.log import printable


class Report(msgspec.Struct, frozen=True):
    """The report of a check.

    Args:
        token: the facts in the token, or `None` if it is not readable.
        areas: the findings about each area.
        to_do: what has to be changed, and by whom.
    """

    token: TokenFacts | None
    areas: tuple[Finding, ...]
    to_do: tuple[Advice, ...]


_NOTHING: Final = "–"  # noqa: RUF001  an en dash, as in printed tables
_STYLES: Final = {"ok": "green", "not tried": "yellow", "not for users": "yellow"}


def print_json(report: Report) -> None:
    """Print a report as one JSON object."""
    encoded = msgspec.json.encode(report, order="deterministic")
    sys.stdout.write(f"{msgspec.json.format(encoded, indent=2).decode()}\n")


def print_report(report: Report) -> None:
    """Print a report for people."""
    console = out()
    _print_token(console, report.token)
    console.print()
    _print_areas(console, report.areas)
    for advice in report.to_do:
        console.print()
        _print_advice(console, advice)


def _print_token(console: Console, facts: TokenFacts | None) -> None:
    if facts is None:
        console.print("The token is not readable, so only the service can say what it permits.")
        return
    app = f"{facts.app_name} ({facts.app})" if facts.app_name and facts.app else facts.app_name or facts.app
    table = Table.grid(padding=(0, 2))
    table.add_row("Tenant", facts.tenant or "not said")
    table.add_row("App", app or "not said")
    table.add_row("Acts as", "the app on its own" if facts.is_app else f"the user {facts.user or 'not said'}")
    table.add_row("Expires", _expiry(facts.expires))
    console.print(table)


def _expiry(moment: datetime | None) -> str:
    if moment is None:
        return "not said"
    left = moment - datetime.now(UTC)
    shown = f"{moment.astimezone():%Y-%m-%d %H:%M}"
    return f"in {duration_text(left)}, at {shown}" if left.total_seconds() > 0 else f"it has expired at {shown}"


def _print_areas(console: Console, findings: Sequence[Finding]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("AREA", "PERMISSION", "IN TOKEN", "RESULT"):
        table.add_column(heading, no_wrap=True)
    for finding in findings:
        granted = {True: "yes", False: "no", None: "?"}[finding.is_granted] if finding.permission else _NOTHING
        result = Text(finding.result, style=_STYLES.get(finding.result, "red"))
        table.add_row(finding.area, finding.permission or _NOTHING, granted, result)
    console.print(table)
    _print_reasons(console, [finding for finding in findings if finding.result in {"failed", "not tried"}])


def _print_reasons(console: Console, findings: Sequence[Finding]) -> None:
    alike: dict[str, list[str]] = {}
    for finding in findings:
        alike.setdefault(f"{finding.result}: {printable(finding.reason or '')}", []).append(finding.area)
    if alike:
        console.print()
    for reason, areas in alike.items():
        console.print(Text.assemble((f"{_listed(areas)} ", "bold"), reason))


def _print_advice(console: Console, advice: Advice) -> None:
    console.print(Text.assemble((f"{_listed(advice.areas)}: ", "bold"), printable(advice.problem)))
    console.print(f"To be done by {advice.who}:")
    for step in advice.steps:
        console.print(Text(f"  {printable(step)}"), soft_wrap=True)


def _listed(areas: Sequence[str]) -> str:
    text = ", ".join(areas)
    return text[:1].upper() + text[1:]
