"""Random ids, filters, dates and options: a strict service must read from the URL what the caller passed.

The public builders make the URLs, and the emulator's parsers read them. The client may reject arguments only with
`ValueError` or `TypeError`; accepting what it should reject is a failure too.
"""

import asyncio
import random
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final
from urllib.parse import parse_qs

import httpx
from yarl import URL

from graph_meetings_emulator.answers.routes import Cast, Invoke, Key, Navigate, Routes, Step
from graph_meetings_emulator.odata.query import parse_query
from graph_meetings_runtime import PATH_USER, GraphClient, Operation
from graph_meetings_runtime.operations.operation import Parameter
from tests.support.credentials import StaticCredential
from tools.soak.fuzzing.builder_paths import CLIENTS, Called, Keyed, Named, builder_at, steps_of
from tools.soak.fuzzing.dates import date_argument
from tools.soak.fuzzing.hostile_text import is_encodable, text
from tools.soak.fuzzing.requests.request_options import Options, options_for, read_back
from tools.soak.fuzzing.results import FuzzingResults
from tools.soak.fuzzing.runner import run_cases

_LONGEST: Final = 60_000
_NO_TEXTS: Final = (None, 5, b"id", ["id"], 1.5)


class Misread(AssertionError):
    """The service would not read what the caller passed."""


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """A request.

    Attributes:
        version: index of the client.
        operation: the operation.
        arguments: the key, or the keyword arguments, of each step that takes any.
        expected: the steps that the service must read; empty if the client must reject the request.
        options: the query options.
    """

    version: int
    operation: Operation
    arguments: Sequence[Any]
    expected: Sequence[Step]
    options: Options

    def __repr__(self) -> str:
        asked = f"{CLIENTS[self.version].api_version}{self.operation.path} with {self.arguments!r}"
        return f"{asked} and {self.options.keywords!r}, expected {self.options.expected!r}"


def run(seed: int, cases: int, deadline: float) -> FuzzingResults:
    """Build random requests and parse them as the service would.

    Args:
        seed: random seed of all cases.
        cases: maximum number of cases.
        deadline: `time.monotonic()` after which no case starts.
    """
    clients = [client(StaticCredential("made-up")) for client in CLIENTS]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # deprecated fields are requested too
            return run_cases("request URLs", seed, cases, deadline, draw=draw, examine=partial(_examine, clients))
    finally:
        for client in clients:
            asyncio.run(client.close())


def draw(chance: random.Random) -> Case:
    """Return a random case."""
    version = chance.randrange(len(CLIENTS))
    operation = chance.choice([each for each in CLIENTS[version].operations if "GET" in each.methods])
    arguments: list[Any] = []
    expected: list[Step | None] = []
    for step in steps_of(operation):
        match step:
            case Named(name=name):
                expected.append(Cast(name) if "." in name else Navigate(name))
            case Keyed():
                arguments.append(_key(chance))
                expected.append(_expected_key(arguments[-1]))
            case Called():
                user = arguments[0] if operation.path.startswith("/users/") else None
                keywords, call = _call(step, user, chance)
                arguments.append(keywords)
                expected.append(call)
    options = options_for(operation, chance)
    steps = [step for step in expected if step is not None]
    is_refused = len(steps) < len(expected) or not options.is_encodable
    return Case(version, operation, arguments, () if is_refused else steps, options)


def _examine(clients: Sequence[GraphClient], case: Case) -> str:
    try:
        url = _url(case, clients[case.version])
    except (ValueError, TypeError):
        if case.expected:
            raise
        return "refused"
    if not case.expected:
        raise Misread(f"the client should have rejected this: {url}")
    if len(url) > _LONGEST:
        return "too long for httpx"
    _compare(case, url)
    return "read back"


def _url(case: Case, client: GraphClient) -> str:
    arguments = iter(case.arguments)
    builder = builder_at(client, case.operation, lambda _: next(arguments))
    url: str = builder.to_get_request_information(**case.options.keywords).url
    return url


def _compare(case: Case, url: str) -> None:
    sent = httpx.URL(url)
    target = URL(f"{sent.scheme}://{sent.netloc.decode()}{sent.raw_path.decode()}", encoded=True).raw_path_qs
    if sent.host != "graph.microsoft.com" or target != url.removeprefix("https://graph.microsoft.com"):
        raise Misread(f"{url} is sent to {sent.host} as {target}")
    path, _, query = target.partition("?")
    root = f"/{CLIENTS[case.version].api_version}"
    route = _routes(case.version).match(path.removeprefix(root).encode())
    if route.operation is not case.operation or list(route.steps) != list(case.expected):
        raise Misread(f"{url} is read as {route.operation.path} {route.steps}, not as {case.expected}")
    _compare_options(case, query)


def _compare_options(case: Case, query: str) -> None:
    if case.options.search:
        query = _without_search(query, case.options.search)
    found = read_back(parse_query(query, case.operation.returns), case.options, case.operation.model)
    expected = {name: value for name, value in case.options.expected.items() if value}
    if found != expected:
        raise Misread(f"{query} is read as {found}, not as {expected}")


def _without_search(query: str, expected: str) -> str:
    """Check `$search`, which the emulator does not support, and remove it from the query."""
    pairs = query.split("&")
    (own,) = [pair for pair in pairs if pair.startswith("%24search=")]
    if parse_qs(own, keep_blank_values=True, errors="strict", max_num_fields=1) != {"$search": [expected]}:
        raise Misread(f"{own} is not {expected!r}")
    return "&".join(pair for pair in pairs if pair != own)


def _key(chance: random.Random) -> object:
    roll = chance.random()
    if roll < 0.02:
        return chance.choice(("", ".", "..", " ", "\t", " .. ", "\u2003.", *_NO_TEXTS))
    return text(chance) if roll < 0.8 else f"MSo{chance.randrange(10**12)}=="


def _expected_key(key: object) -> Key | None:
    """Return the step of a key, `None` if the key is unusable."""
    is_usable = isinstance(key, str) and is_encodable(key) and key.strip() not in {"", ".", ".."}
    return Key(str(key)) if is_usable else None


def _call(step: Called, user: object, chance: random.Random) -> tuple[dict[str, Any], Invoke | None]:
    keywords: dict[str, Any] = {}
    expected: dict[str, Any] = {}
    is_usable = True
    for parameter, keyword in zip(step.function.parameters, step.keywords, strict=True):
        value, literal = _argument(parameter, user, chance)
        if value is not PATH_USER or chance.random() < 0.5:
            keywords[keyword] = value
        if value is not None:
            expected[parameter.name] = literal
            is_usable = is_usable and literal is not None
    return keywords, Invoke(step.function, expected) if is_usable else None


def _argument(parameter: Parameter, user: object, chance: random.Random) -> tuple[object, str | None]:
    """Return a random argument and its literal, `None` if it must be rejected or is omitted."""
    if parameter.is_optional and chance.random() < 0.3:
        return None, None
    if parameter.edm_type != "Edm.String":
        return date_argument(chance)
    # Those that the metadata calls optional are the users for whom the one in the path is the default.
    if parameter.is_optional and chance.random() < 0.5:
        return PATH_USER, user if isinstance(user, str) and is_encodable(user) else None
    given = text(chance)
    is_taken = is_encodable(given) and (given.strip() or not parameter.is_optional)
    return given, given if is_taken else None


@cache
def _routes(version: int) -> Routes:
    return Routes(CLIENTS[version].operations)
