"""Libraries that only some formats need, imported when one of them is used."""

from importlib import import_module
from typing import Any


def library(name: str, extra: str) -> Any:
    """Import a library.

    Args:
        name: of its module.
        extra: that installs it.

    Raises:
        ModuleNotFoundError: it is not installed; the message says what to install.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != name.partition(".")[0]:
            raise
        raise ModuleNotFoundError(
            f"this format needs {name.partition('.')[0]}: pip install 'graph-meetings[{extra}]'", name=error.name
        ) from None
