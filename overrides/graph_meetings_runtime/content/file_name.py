"""Names for files, made from texts that anyone may have chosen."""

import hashlib
import re
import unicodedata
from typing import Final

_LONGEST: Final = 245
"""In bytes of UTF-8: of the 255 that file systems allow, ten are for what a download adds."""

_LONGEST_ENDING: Final = 16
_REPLACEMENT: Final = "_"
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*]')
# Controls, formatting (which can turn the direction of what follows), surrogates, what is not assigned, line ends.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(?= *(\.|$))", re.IGNORECASE)
_OF_DOWNLOADS = re.compile(r"\.part(\.json)?$", re.IGNORECASE)


def safe_file_name(text: str) -> str:
    """Make one name of a file from a text: one that every system takes, and that leads nowhere else.

    It has no separators, controls or invisible characters, does not begin with a dot, a dash or a tilde, is no device
    of Windows, is in normal form C, and has at most 245 bytes. A longer one keeps its beginning and its ending, with a
    digest of the whole in between. Different texts can give the same name.

    Args:
        text: such as the subject of a meeting.

    Returns:
        The name; a text that is a good name is returned as it is, so the function can be applied twice.

    Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
    """
    seen = (" " if unicodedata.category(it) == "Zs" else it for it in unicodedata.normalize("NFC", text))
    plain = "".join(_REPLACEMENT if unicodedata.category(it) in _UNSEEN else it for it in seen)
    name = _NOT_IN_NAMES.sub(_REPLACEMENT, plain).lstrip(" .-~").rstrip(" .")
    if not name or _RESERVED.match(name):
        name = f"{_REPLACEMENT}{name}"
    if _OF_DOWNLOADS.search(name):
        name = f"{name}{_REPLACEMENT}"
    return name if len(name.encode()) <= _LONGEST else _shortened(name)


def same_file_key(name: str) -> str:
    """Give what two names have in common that are one file where case or normal form makes no difference."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _shortened(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > _LONGEST_ENDING:
        stem, dot, ending = name, "", ""
    mark = f"~{hashlib.sha256(name.encode()).hexdigest()[:16]}{dot}{ending}"
    kept = stem.encode()[: _LONGEST - len(mark.encode())].decode(errors="ignore")
    return f"{kept}{mark}"
