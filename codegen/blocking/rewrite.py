"""From asynchronous code to blocking code, token by token."""

from codegen.blocking.tokens import Token, closing, joined, tokens_of
from codegen.blocking.words import KEYWORDS, NAMES, in_text

_IN_THREAD = "run_in_thread"
_AWAITABLE = "Awaitable"


def rewritten(source: str) -> str:
    """Return the blocking form of a module. Its imports still name the asynchronous modules."""
    tokens = _renamed(tokens_of(source))
    for change in (_without_awaitables, _without_threads, _without_repeated_types, _without_idle_comprehensions):
        tokens = change(tokens)
    return joined(tokens)


def _renamed(tokens: list[Token]) -> list[Token]:
    """Drop the keywords, and translate names and texts."""
    changed: list[Token] = []
    space: str | None = None  # before a keyword that was dropped
    for each in tokens:
        if each.is_name and each.text in KEYWORDS:
            space = each.space if space is None else space
            continue
        text = in_text(each.text) if each.is_text else NAMES.get(each.text, each.text) if each.is_name else each.text
        changed.append(Token(each.space if space is None else space, text, each.is_name, each.is_text))
        space = None
    return changed


def _without_awaitables(tokens: list[Token]) -> list[Token]:
    """Turn `Awaitable[X]` into `X`."""
    changed = list(tokens)
    while (found := _find(changed, (_AWAITABLE, "["))) is not None:
        end = closing(changed, found + 1)
        inner = changed[found + 2 : end]
        changed[found : end + 1] = [Token(changed[found].space, inner[0].text, inner[0].is_name), *inner[1:]]
    return changed


def _without_threads(tokens: list[Token]) -> list[Token]:
    """Turn `run_in_thread(call, argument)` into `call(argument)`."""
    changed = list(tokens)
    while (found := _find(changed, (_IN_THREAD, "("))) is not None:
        end = closing(changed, found + 1)
        comma = next((at for at in range(found + 2, end) if changed[at].text == ","), end)
        call = changed[found + 2 : comma]
        arguments = changed[comma + 1 : end]
        if arguments:
            arguments[0] = Token("", arguments[0].text, arguments[0].is_name, arguments[0].is_text)
        call[0] = Token(changed[found].space, call[0].text, call[0].is_name)
        changed[found : end + 1] = [*call, Token("", "("), *arguments, Token("", ")")]
    return changed


def _without_repeated_types(tokens: list[Token]) -> list[Token]:
    """Turn `Iterable[X] | Iterable[X]` into `Iterable[X]`."""
    changed = list(tokens)
    at = 0
    while (found := _find(changed, ("Iterable", "["), at)) is not None:
        end = closing(changed, found + 1) + 1
        texts = [each.text for each in changed[found:end]]
        if [each.text for each in changed[end : end + 1 + len(texts)]] == ["|", *texts]:
            del changed[end : end + 1 + len(texts)]
        at = end
    return changed


def _without_idle_comprehensions(tokens: list[Token]) -> list[Token]:
    """Turn `[x for x in items]` into `list(items)`."""
    changed = list(tokens)
    for at in range(len(changed) - 5):
        if changed[at].text != "[":
            continue
        texts = [each.text for each in changed[at : at + 5]]
        if texts[2] == "for" and texts[4] == "in" and texts[1] == texts[3]:
            end = closing(changed, at)
            inner = changed[at + 5 : end]
            if any(each.text in {"if", "for"} for each in inner):
                continue
            inner[0] = Token("", inner[0].text, inner[0].is_name)
            made = [Token(changed[at].space, "list", is_name=True), Token("", "("), *inner, Token("", ")")]
            return _without_idle_comprehensions([*changed[:at], *made, *changed[end + 1 :]])
    return changed


def _find(tokens: list[Token], texts: tuple[str, ...], start: int = 0) -> int | None:
    """Return the positions at which these tokens follow one another."""
    first, *others = texts
    for at in range(start, len(tokens) - len(others)):
        if tokens[at].text == first and [each.text for each in tokens[at + 1 : at + 1 + len(others)]] == others:
            return at
    return None
