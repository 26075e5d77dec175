"""What the most curious collector of errors shows of one."""

import html
import pickle
import re
import traceback
from urllib.parse import unquote

import httpx

from graph_meetings_runtime import GraphError

_THIS_FOLDER = re.compile(r"tests[/\\]")
_JSON_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")


def beneath(error: BaseException) -> list[BaseException]:
    """All errors that an error refers to, whether a traceback prints them or not."""
    found: list[BaseException] = []
    pending: list[BaseException | None] = [error]
    while pending:
        one = pending.pop()
        if one is not None and one not in found:
            found.append(one)
            pending += [one.__cause__, one.__context__]
    return found


def everything(error: BaseException) -> str:
    """What the most curious collector of errors shows: texts, attributes, local variables, of all errors beneath."""
    shown: list[str] = []
    for one in beneath(error):
        shown += [f"{one}", f"{one!r}", repr(vars(one))]
        if isinstance(one, httpx.RequestError):
            shown.append(str(one.request.headers.raw))
        for frame, _ in traceback.walk_tb(one.__traceback__):
            if not _THIS_FOLDER.search(frame.f_code.co_filename):
                shown += [f"{name} = {value!r}" for name, value in frame.f_locals.items()]
    if isinstance(error, GraphError):
        shown.append(repr(pickle.dumps(error)))
    shown += traceback.format_exception(error)
    return "\n".join(shown)


def unescaped(shown: str) -> str:
    """What someone reads who undoes every escape that JSON, HTML and URLs have, again and again, and what is shown."""
    readings = [shown]
    while True:
        decoded = _JSON_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)) if escape[1] else escape[2], readings[-1])
        decoded = unquote(html.unescape(decoded))
        if decoded == readings[-1]:
            return "\n".join(readings)
        readings.append(decoded)
