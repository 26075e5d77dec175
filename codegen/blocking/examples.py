"""The blocking form of the documentation's examples."""

import re
from typing import Final

from codegen.blocking.rewrite import rewritten
from codegen.blocking.tokens import joined, tokens_of
from codegen.blocking.translated_source import with_blocking_credentials, without_asyncio

_IMPORTS: Final = (
    (r"^from graph_meetings import beta$", "from graph_meetings.beta import blocking as beta"),
    (r"^from graph_meetings( import|\.request_builders)\b", r"from graph_meetings.blocking\1"),
    (r"^from graph_meetings_archive import(?! tables\b)", "from graph_meetings_archive.blocking import"),
    (r"^from azure\.identity\.aio import\b", "from azure.identity import"),
    (r"\bEmulatorCredential\b", "BlockingEmulatorCredential"),
)
_WITHOUT_BLOCKING_FORM: Final = re.compile(r"\bSubscriptionKeeper\(|\breconcile(_regularly)?\(|\bFastAPI\b")
_BLOCK: Final = re.compile(r"^```python(?P<options>.*)\n(?P<code>(?:.*\n)*?)^```$", re.MULTILINE)


def blocking_example(code: str) -> str:
    """Return the blocking form of an example. One that needs no change or cannot be translated stays as it is."""
    if _WITHOUT_BLOCKING_FORM.search(code):
        return code
    blocking = rewritten(joined(with_blocking_credentials(without_asyncio(tokens_of(code)))))
    for pattern, replacement in _IMPORTS:
        blocking = re.sub(pattern, replacement, blocking, flags=re.MULTILINE)
    if not re.search(r"\basyncio\.", blocking):
        blocking = re.sub(r"^import asyncio\n", "", blocking, flags=re.MULTILINE)
    return code if "asyncio" in blocking or "__import__" in blocking else blocking


def with_tabs(page: str) -> str:
    """Show each asynchronous example of a page in both forms, in tabs."""
    return _BLOCK.sub(_tabs, page)


def _tabs(block: re.Match[str]) -> str:
    code = block["code"]
    blocking = blocking_example(code)
    if blocking == code:
        return block[0]
    # The mark starts new tabs; otherwise those of the previous example would continue.
    forms = (('===! "asyncio"', code), ('=== "Blocking"', blocking))
    return "\n\n".join(f"{tab}\n\n" + _indented(f"```python{block['options']}\n{form}```") for tab, form in forms)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in text.split("\n"))
