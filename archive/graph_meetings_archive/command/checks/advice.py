"""What has to be done and by whom, with the cmdlets to run."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from graph_meetings_archive.command.checks.findings import Finding
from graph_meetings_archive.token_facts import TokenFacts


class Advice(Struct, frozen=True):
    """What someone has to do.

    Args:
        areas: the areas that cannot be read until then.
        problem: what is wrong.
        who: the person who can change it.
        steps: what to do, or to run.
    """

    areas: tuple[str, ...]
    problem: str
    who: str
    steps: tuple[str, ...]


def advice_on(findings: Sequence[Finding], facts: TokenFacts | None, user: str | None) -> Iterator[Advice]:
    """Yield what has to be done, once for all areas that need the same."""
    denied = [finding for finding in findings if finding.result == "no permission"]
    if denied:
        yield _consent(denied, facts)
    without_policy = _areas(findings, "no access policy")
    if without_policy:
        yield _access_policy(without_policy, facts, user)


def _consent(denied: Sequence[Finding], facts: TokenFacts | None) -> Advice:
    names = sorted({finding.permission for finding in denied if finding.permission})
    kind = "delegated" if facts is not None and not facts.is_app else "application"
    again = "Then sign in again." if kind == "delegated" else "Then wait for a new token, which can take an hour."
    return Advice(
        tuple(finding.area for finding in denied),
        f"the token lacks the {kind} permission{'s' if len(names) > 1 else ''} {', '.join(names)}",
        "an administrator of the tenant, at https://entra.microsoft.com",
        (
            f"App registrations > {_app(facts)} > API permissions > Add a permission",
            *(f"Microsoft Graph > {kind.capitalize()} permissions > {name}" for name in names),
            "Grant admin consent",
            again,
        ),
    )


def _access_policy(areas: tuple[str, ...], facts: TokenFacts | None, user: str | None) -> Advice:
    app = facts.app if facts is not None and facts.app else "<id of the app>"
    return Advice(
        areas,
        f"no application access policy lets the app read the meetings of {user or 'the organizer'}",
        "a Teams administrator, in PowerShell",
        (
            "Connect-MicrosoftTeams",
            f'New-CsApplicationAccessPolicy -Identity graph-meetings -AppIds "{app}"',
            f'Grant-CsApplicationAccessPolicy -PolicyName graph-meetings -Identity "{user or "<id of the user>"}"',
            "# or for everyone: Grant-CsApplicationAccessPolicy -PolicyName graph-meetings -Global",
            "# It takes up to 30 minutes to take effect.",
        ),
    )


def _areas(findings: Sequence[Finding], result: str) -> tuple[str, ...]:
    return tuple(finding.area for finding in findings if finding.result == result)


def _app(facts: TokenFacts | None) -> str:
    if facts is None:
        return "the app"
    return facts.app_name or facts.app or "the app"
