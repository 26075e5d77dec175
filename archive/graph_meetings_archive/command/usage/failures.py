"""How a command reports that it cannot continue."""


class CommandFailed(Exception):
    """The command ends with a message instead of a traceback.

    Args:
        message: what was wrong.
        hint: what to do about it.
        status: the exit status: 1 if something failed, 2 for wrong use or set-up.
    """

    def __init__(self, message: str, *, hint: str | None = None, status: int = 2) -> None:
        super().__init__(message)
        self.hint = hint
        self.status = status
