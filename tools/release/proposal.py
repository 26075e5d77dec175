"""Ask `codegen diff` for the smallest next version."""

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
    """The version that semantic versioning requires.

    Attributes:
        minimum: the smallest allowed version.
        reason: number of changes by impact.
    """

    minimum: Version
    reason: str


def minimum_version(root: Path, tag: str, published: Version) -> Proposal:
    """Compare the metadata of the last published version with that of the commit.

    Args:
        root: root of the clone.
        tag: tag of the last published version.
        published: the last published version.

    Raises:
        ReleaseError: if `codegen diff` fails or returns no proposal.
    """
    command = [sys.executable, "-m", "codegen", "diff", tag, "HEAD", "--version", str(published), "--format", "json"]
    result = outcome(command, root)
    # The exit status tells whether a change is breaking, so only the output tells whether the program worked.
    try:
        return read_proposal(json.loads(result.output))
    except (InvalidVersion, KeyError, TypeError, ValueError) as error:
        printed = f"{result.output}{result.errors}".strip()[-2000:]
        message = f"proposed no version (status {result.status}):\n{printed}"
        raise ReleaseError(message, "codegen diff") from error


def read_proposal(answer: dict[str, Any]) -> Proposal:
    """Read the output of `codegen diff … --format json`."""
    impacts = Counter(str(change["impact"]) for change in answer["changes"])
    counted = ", ".join(f"{count} {impact}" for impact, count in sorted(impacts.items()))
    return Proposal(Version(answer["version"]["to"]), f"changes: {counted or 'none'}")
