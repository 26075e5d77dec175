"""Wheels made again from what is installed here, so that an index on loopback has all that pip asks for."""

import base64
import hashlib
from collections.abc import Iterable
from importlib.metadata import Distribution, PackagePath
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

from packaging.requirements import Requirement
from packaging.tags import parse_tag, sys_tags
from packaging.utils import canonicalize_name

_OF_THE_INSTALLATION = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})


def pack_dependencies(requirement: str, folder: Path) -> None:
    """Write a wheel of each thing that an installed distribution needs, directly or not.

    Args:
        requirement: names the distribution and its extras.
        folder: where the wheels go.
    """
    known: set[tuple[str, str]] = set()
    waiting = _with_extras([Requirement(requirement)])
    for name, extra in waiting:
        if (name, extra) in known:
            continue
        known.add((name, extra))
        distribution = Distribution.from_name(name)
        if not extra and len(known) > 1:
            _pack(distribution, folder)
        waiting += _with_extras(_applicable(distribution.requires or [], extra))


def _with_extras(requirements: Iterable[Requirement]) -> list[tuple[str, str]]:
    return [(canonicalize_name(r.name), extra) for r in requirements for extra in ("", *r.extras)]


def _applicable(lines: Iterable[str], extra: str) -> list[Requirement]:
    """Read requirements, and leave out those that are for other machines or another extra."""
    requirements = [Requirement(line) for line in lines]
    return [r for r in requirements if r.marker is None or r.marker.evaluate({"extra": extra})]


def _pack(distribution: Distribution, folder: Path) -> None:
    """Write one wheel: the installed files, scripts excepted, with a RECORD of their own."""
    files = [file for file in distribution.files or [] if _belongs_to_the_wheel(file)]
    (metadata,) = {file.parts[0] for file in files if file.parts[0].endswith(".dist-info")}
    record: list[str] = []
    with ZipFile(folder / f"{metadata.removesuffix('.dist-info')}-{_tag(distribution)}.whl", "w", ZIP_STORED) as wheel:
        for file in files:
            content = Path(str(distribution.locate_file(file))).read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
            wheel.writestr(file.as_posix(), content)
            record.append(f'"{file.as_posix()}",sha256={digest},{len(content)}\n')
        wheel.writestr(f"{metadata}/RECORD", "".join([*record, f"{metadata}/RECORD,,\n"]))


def _belongs_to_the_wheel(file: PackagePath) -> bool:
    is_own = file.parts[0] != ".." and "__pycache__" not in file.parts
    return is_own and not (file.parts[0].endswith(".dist-info") and file.name in _OF_THE_INSTALLATION)


def _tag(distribution: Distribution) -> str:
    """Give one of the wheel's tags that this machine takes."""
    supported = frozenset(sys_tags())
    lines = (distribution.read_text("WHEEL") or "").splitlines()
    tags = [line.partition(":")[2].strip() for line in lines if line.startswith("Tag:")]
    return next(tag for tag in tags if parse_tag(tag) & supported)
