"""Damaged responses, read by every model and method: only documented errors are raised.

Reading may succeed, or raise a `GraphError`, or a `FieldError` for a single field. Any other error, a response that
takes two seconds, and a model that does not match its response are failures.
"""

import asyncio
import random
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

from graph_meetings_runtime import FieldError, GraphClient, GraphError
from graph_meetings_runtime.json_codec import JsonObject
from graph_meetings_runtime.models.model import Model
from tests.support.payloads import names, payload
from tools.soak.fuzzing.responses.byte_mutation import damaged
from tools.soak.fuzzing.responses.json_mutation import Document
from tools.soak.fuzzing.responses.model_checks import check_error, check_models
from tools.soak.fuzzing.responses.random_objects import models, random_object
from tools.soak.fuzzing.responses.read_methods import DECODING, WAYS, NoJson, ask, decoded
from tools.soak.fuzzing.responses.scripted_client import Answer, Script, scripted_client
from tools.soak.fuzzing.results import FuzzingResults
from tools.soak.fuzzing.runner import random_for_case, run_cases

_LINK: Final = "https://graph.microsoft.com/v1.0/fuzzed"
_FOLLOWED: Final[tuple[JsonObject, ...]] = (
    {"@odata.nextLink": f"{_LINK}?$skiptoken=2"},
    {"@odata.count": 2, "@odata.deltaLink": f"{_LINK}/delta?$deltatoken=1"},
    {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#fuzzed"},
)
_CONTENT_TYPES: Final = (
    *("application/json", "application/json;odata.metadata=minimal", "APPLICATION/JSON; charset=utf-16", "text/html"),
    *("", ";", "application/problem+json", "application/json;charset=nonsense", "multipart/mixed;boundary="),
)
_HEADERS: Final = (
    *(("Content-Encoding", coding) for coding in ("gzip", "deflate", "br", "zstd", "nonsense", "gzip, gzip")),
    *(("Retry-After", text) for text in ("0", "-1", "nan", "1e400", "Wed, 99 Foo 2026 25:00:00 GMT", "٣", "")),
    *(("WWW-Authenticate", text) for text in ('Bearer claims="e30="', 'Bearer claims="%%%"', "Bearer", '"')),
    *(("request-id", text) for text in ("", "x" * 5000, "é")),
    *(("Location", text) for text in ("", "https://[", "https://evil.example/", "/v1.0/x", "https://x:y")),
    ("date", "not a date"),
)
_STATUSES: Final = (*range(400, 432), 451, *range(500, 512), 599)

THROUGH_CLIENT: Final = (*WAYS, "error")
"""The methods that send a request."""

ALL_WAYS: Final = (*DECODING, *THROUGH_CLIENT)


@dataclass(frozen=True, slots=True)
class Case:
    """Responses, and the method that reads them.

    Attributes:
        way: name of the method.
        model: the expected model.
        answers: responses to the requests, in order.
        looks: random seed of the checks on each model.
    """

    way: str
    model: type[Model]
    answers: Sequence[Answer]
    looks: int


@dataclass(frozen=True, slots=True)
class _Bodies:
    """The undamaged bodies of one model."""

    items: Sequence[Document]
    pages: Sequence[Document]


def run(seed: int, cases: int, deadline: float, ways: Sequence[str] = ALL_WAYS) -> FuzzingResults:
    """Read damaged responses.

    Args:
        seed: random seed of all cases.
        cases: maximum number of cases.
        deadline: `time.monotonic()` after which no case starts.
        ways: names of the methods that read them.
    """
    script = Script()
    with warnings.catch_warnings(), asyncio.Runner() as runner:
        warnings.simplefilter("ignore", DeprecationWarning)  # deprecated fields are read too
        client = scripted_client(script)

        def examine(case: Case) -> str:
            script.follow(case.answers)
            return _outcome(lambda: _read(case, client, runner), case.looks)

        return run_cases("response bodies", seed, cases, deadline, draw=partial(draw, ways=ways), examine=examine)


def draw(chance: random.Random, ways: Sequence[str] = ALL_WAYS) -> Case:
    """Return a random case for one of the methods."""
    model = chance.choice(_MODELS)
    bodies = _bodies()[model]
    way = chance.choice(ways)
    if way == "error":
        answers = [_answer(_errors(), chance, chance.choice(_STATUSES))]
    elif way in {"decoded item", "item"}:
        answers = [_answer(bodies.items, chance)]
    elif way == "expanded":
        answers = [_answer(bodies.items, chance), *(_answer(bodies.pages, chance) for _ in range(chance.randrange(3)))]
    else:
        answers = [_answer(bodies.pages, chance) for _ in range(chance.randrange(1, 4))]
    return Case(way, model, answers, chance.randrange(2**32))


def _outcome(read: Callable[[], list[Model]], looks: int) -> str:
    try:
        return "field error" if check_models(read(), random_for_case(looks, 0)) else "read"
    except FieldError:
        return "field error"
    except NoJson:
        return "not JSON"
    except ValueError as error:
        if "nested too deeply" not in str(error):
            raise
        return "too deeply nested"
    except GraphError as error:
        check_error(error)
        return type(error).__name__


def _read(case: Case, client: GraphClient, runner: asyncio.Runner) -> list[Model]:
    if case.way in DECODING:
        return decoded(case.way, case.model, case.answers[0].body)
    asked = ask(client, case.looks) if case.way == "error" else WAYS[case.way](client, case.model)
    # Not Runner.run, which creates a context and a signal handler each time.
    return runner.get_loop().run_until_complete(asked)


def _answer(documents: Sequence[Document], chance: random.Random, status: int = 200) -> Answer:
    body = _damaged(chance.choice(documents), chance)
    headers = [("Content-Type", chance.choice(_CONTENT_TYPES) if chance.random() < 0.05 else "application/json")]
    if chance.random() < 0.05:
        headers.append(chance.choice(_HEADERS))
    if chance.random() < 0.02:
        status = chance.choice((200, 201, 204, 206, 301, 302, 304, 399, 400, 404, 410, 429, 500))
    return Answer(status, headers, body)


def _damaged(document: Document, chance: random.Random) -> bytes:
    roll = chance.random()
    if roll < 0.05:
        return document.text.encode()
    if roll < 0.75:
        return document.mutated(chance).encode()
    return damaged(document.text.encode(), chance)


_MODELS: Final = models()


@cache
def _bodies() -> dict[type[Model], _Bodies]:
    """Return objects and pages of each model, together with all documented bodies.

    A body of another model is one more that the client does not expect.
    """
    chance = random_for_case(0, 0)
    documented = [payload(name) for name in names("*.json")]
    items = [Document.of(body) for body in documented if "value" not in body]
    pages = [Document.of(body) for body in documented if "value" in body]
    return {model: _made_of(model, chance, items, pages) for model in _MODELS}


def _made_of(
    model: type[Model], chance: random.Random, items: Sequence[Document], pages: Sequence[Document]
) -> _Bodies:
    own_items = [Document.of(random_object(model, chance)) for _ in range(3)]
    own_pages = [
        Document.of({"value": [random_object(model, chance) for _ in range(2)], **followed}) for followed in _FOLLOWED
    ]
    # More of its own than of others, which mostly have undeclared properties.
    return _Bodies([*own_items * len(items), *items], [*own_pages * len(pages), *pages])


@cache
def _errors() -> Sequence[Document]:
    return [Document.of(payload(f"errors/{name}")) for name in names("errors/4*.json", "errors/5*.json")]
