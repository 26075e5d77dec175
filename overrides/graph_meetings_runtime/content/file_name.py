"""Safe file names from texts that a stranger may have chosen."""

import hashlib
import re
import unicodedata
from typing import Final

_MAX_BYTES: Final = 245
"""In UTF-8. File systems allow 255, of which a download needs ten for its own suffix."""

_MAX_ENDING: Final = 16
_REPLACEMENT: Final = "_"
_NOT_IN_NAMES = r'[<>:"/\\|?*]'
# Controls, formatting (which can reverse the text that follows), surrogates, unassigned characters, line ends.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
_RESERVED = r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(?= *(\.|$))"
_OF_DOWNLOADS = r"\.part(\.json|\.new)?$"


def safe_file_name(text: str) -> str:
    """Make a file name from a text. It is valid on every system, and cannot lead to another folder.

    It has no separators, control characters or invisible characters, does not start with a dot, a dash or a tilde, is
    not the name of a Windows device, is in normal form C, and has at most 245 bytes. A longer name keeps its beginning
    and its extension, with a digest of the whole in between. Different texts can yield the same name.

    Args:
        text: such as the subject of a meeting.

    Returns:
        The name. A text that is already a safe name is returned unchanged, so calling this twice does no harm.

    Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
    """
    seen = (" " if unicodedata.category(it) == "Zs" else it for it in unicodedata.normalize("NFC", text))
    plain = "".join(_REPLACEMENT if unicodedata.category(it) in _INVISIBLE else it for it in seen)
    name = re.sub(_NOT_IN_NAMES, _REPLACEMENT, plain).lstrip(" .-~").rstrip(" .")
    if not name or re.match(_RESERVED, name, flags=re.IGNORECASE):
        name = f"{_REPLACEMENT}{name}"
    if re.search(_OF_DOWNLOADS, name, flags=re.IGNORECASE):
        name = f"{name}{_REPLACEMENT}"
    return name if len(name.encode()) <= _MAX_BYTES else _shortened(name)


def same_file_key(name: str) -> str:
    """Return a key that two names share if they are the same file on systems that ignore case or normal form."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _shortened(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > _MAX_ENDING:
        stem, dot, ending = name, "", ""
    mark = f"~{hashlib.sha256(name.encode()).hexdigest()[:16]}{dot}{ending}"
    kept = stem.encode()[: _MAX_BYTES - len(mark.encode())].decode(errors="ignore")
    return f"{kept}{mark}"
