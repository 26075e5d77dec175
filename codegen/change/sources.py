"""`SOURCE.toml`: the source of each document in the metadata folder."""

import hashlib
import json
import re
from datetime import date
from pathlib import Path

from codegen.errors import CodegenError
from codegen.rules.toml import Table, convert, read_toml

_SOURCE_HEADER = "# Where each document was extracted from. Written by `python -m codegen extract`.\n"


class _Source(Table, frozen=True):
    origin: str
    date: str
    sha256: str


def record_source(folder: Path, document: str, source: Path, origin: str | None, on: date) -> None:
    """Record in `SOURCE.toml` where a document comes from.

    Args:
        folder: with the metadata.
        document: path of the extract, relative to the folder.
        source: the complete document.
        origin: where that was found, for people to read. `None` keeps the origin of the same bytes, or uses the file
            name.
        on: when it was found.

    Raises:
        CodegenError: SOURCE.toml is invalid.
    """
    path = folder / "SOURCE.toml"
    known = read_toml(path, path.name) if path.exists() else {}
    entries = {name: convert(entry, _Source, f"{path.name}: {name}") for name, entry in known.items()}
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    if origin is not None or document not in entries or entries[document].sha256 != digest:
        entries[document] = _Source(origin or source.name, on.isoformat(), digest)
    blocks = [_block(name, entries[name]) for name in sorted(entries)]
    path.write_text("\n".join([_SOURCE_HEADER, *blocks]), encoding="utf-8", newline="\n")


def _block(name: str, source: _Source) -> str:
    values = "".join(f"{key} = {_toml(getattr(source, key))}\n" for key in _Source.__struct_fields__)
    return f"[{_toml(name)}]\n{values}"


def _toml(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise CodegenError(f"{text!r} has control characters", "SOURCE.toml")
    return json.dumps(text, ensure_ascii=False)
