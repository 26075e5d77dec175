"""Asks the generator's diff how small the next version may be. The one place that knows `codegen diff`."""

import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from tools.release.errors import ReleaseError
from tools.release.processes import outcome


@dataclass(frozen=True)
class Proposal:
    """What semantic versioning asks for.

    Attributes:
        minimum: the smallest version that says enough.
        reason: how many changes of each class there are.
    """

    minimum: Version
    reason: str


def minimum_version(root: Path, tag: str, published: Version) -> Proposal:
    """Compare metadata/ of the last published tag with that of the commit.

    Args:
        root: the clone.
        tag: of the last published version.
        published: that version.

    Raises:
        ReleaseError: the generator has no diff, failed, or answered something else than a proposal.
    """
    command = [sys.executable, "-m", "codegen", "diff", tag, "HEAD", "--version", str(published), "--format", "json"]
    result = outcome(command, root)
    # The exit status says whether something breaks, so only the answer tells whether the program worked.
    try:
        return read_proposal(json.loads(result.output))
    except (InvalidVersion, KeyError, TypeError, ValueError) as error:
        printed = f"{result.output}{result.errors}".strip()[-2000:]
        message = f"gave no version to compare with (status {result.status}):\n{printed}"
        raise ReleaseError(message, "codegen diff") from error


def read_proposal(answer: dict[str, Any]) -> Proposal:
    """Read the answer of `codegen diff … --format json`."""
    impacts = Counter(str(change["impact"]) for change in answer["changes"])
    counted = ", ".join(f"{count} {impact}" for impact, count in sorted(impacts.items()))
    return Proposal(Version(answer["version"]["to"]), f"changes: {counted or 'none'}")
