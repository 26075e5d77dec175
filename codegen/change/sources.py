"""`SOURCE.toml`: where the documents of the metadata folder come from."""

import hashlib
import json
import re
from datetime import date
from pathlib import Path

from codegen.errors import CodegenError
from codegen.rules.scope import read_toml, table_of, text_of

_SOURCE_HEADER = "# Where each document was extracted from. Written by `python -m codegen extract`.\n"


def record_source(folder: Path, document: str, source: Path, origin: str | None, on: date) -> None:
    """Note in `SOURCE.toml` where a document comes from.

    Args:
        folder: with the metadata.
        document: path of the extract, relative to the folder.
        source: the complete document.
        origin: where that was found, for people; `None` keeps what is noted of the same bytes, or takes the file name.
        on: the day of that.

    Raises:
        CodegenError: SOURCE.toml cannot be understood.
    """
    path = folder / "SOURCE.toml"
    known = read_toml(path, path.name) if path.exists() else {}
    entries = {name: table_of(entry, path.name) for name, entry in known.items()}
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    if origin is not None or entries.get(document, {}).get("sha256") != digest:
        entries[document] = {"origin": origin or source.name, "date": on.isoformat(), "sha256": digest}
    blocks = [_source_block(name, entries[name]) for name in sorted(entries)]
    path.write_text("\n".join([_SOURCE_HEADER, *blocks]), encoding="utf-8", newline="\n")


def _source_block(name: str, entry: dict[str, object]) -> str:
    values = "".join(f"{key} = {_toml(text_of(entry.get(key), name))}\n" for key in ("origin", "date", "sha256"))
    return f"[{_toml(name)}]\n{values}"


def _toml(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise CodegenError(f"{text!r} has control characters", "SOURCE.toml")
    return json.dumps(text, ensure_ascii=False)
