"""When a hint is given."""

import re

from msgspec import Struct


class Rule(Struct, frozen=True):
    """A hint, and the errors that it is for. Empty conditions match everything.

    Args:
        hint: what to do.
        status: the HTTP status.
        code: the error's code.
        says: a regular expression that is searched in the code and the message, ignoring case.
        path: a regular expression that is searched in the operation's path.
    """

    hint: str
    status: int | None = None
    code: str = ""
    says: str = ""
    path: str = ""

    def fits(self, status: int, code: str | None, message: str, path: str) -> bool:
        """Return whether the hint is for an error."""
        return (
            self.status in {None, status}
            and self.code in {"", code}
            and re.search(self.says, f"{code}\n{message}", re.IGNORECASE | re.MULTILINE) is not None
            and re.search(self.path, path) is not None
        )
