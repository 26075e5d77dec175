"""Suggestions for names that do not exist: the nearest one that does, or a list of them."""

from collections.abc import Iterable


def suggestion(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return "did you mean …?" with the nearest name.

    Args:
        name: the name that does not exist.
        known: the names that do.
        otherwise: returned if none of them is near.
    """
    from difflib import get_close_matches  # noqa: PLC0415  few need it

    by_letters = {_letters(other): other for other in known}
    near = get_close_matches(_letters(name), by_letters, n=1)
    return f"did you mean {by_letters[near[0]]!r}?" if near else otherwise


def unknown_attribute(owner: object, name: str, known: Iterable[str], otherwise: str = "") -> AttributeError:
    """Return the error for an attribute that does not exist.

    Args:
        owner: the object that lacks it.
        name: of the attribute.
        known: the attributes that are offered.
        otherwise: what the message says if none of them is near.
    """
    advice = suggestion(name, known, otherwise)
    message = f"{type(owner).__name__} has no attribute {name!r}"
    # If unset, Python would keep the owner here, and suggest a name itself.
    return AttributeError(f"{message}; {advice}" if advice else message, name=None, obj=None)


def refuse_own(owner: object, name: str) -> None:
    """Raise the original error of a failed attribute access, unless a public attribute is missing.

    Raises:
        AttributeError: the name is private, or its own property raised it.
    """
    if name.startswith("_") or hasattr(type(owner), name):
        object.__getattribute__(owner, name)


def _letters(name: str) -> str:
    return name.replace("_", "").lower()
