"""Damaged responses and random requests: only documented errors, and URLs that mean what was asked for."""

import importlib
import random
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from urllib.parse import quote

import pytest

from graph_meetings_runtime import GraphError, Page
from graph_meetings_runtime.models.fields import field
from graph_meetings_runtime.models.fields.filter import Filter
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.values import edm, moments
from graph_meetings_runtime.models.values.additional_data import AdditionalData
from graph_meetings_runtime.requests import request_information
from graph_meetings_runtime.requests.page_progress import PageProgress
from graph_meetings_runtime.requests.visited_links import VisitedLinks
from tools.soak.fuzzing import runner
from tools.soak.fuzzing.requests import request_urls
from tools.soak.fuzzing.responses import response_bodies, scripted_client
from tools.soak.fuzzing.responses.read_methods import DECODING
from tools.soak.fuzzing.responses.scripted_client import Answer
from tools.soak.fuzzing.results import FuzzingResults
from tools.soak.fuzzing.runner import random_for_case, run_cases

pytestmark = pytest.mark.long

SEED = 20260115
SECONDS = 25
FEW = 1500


def check(results: FuzzingResults, *outcomes: str) -> None:
    """Check that nothing failed, and that the expected outcomes occurred: reading nothing would not fail either."""
    assert not results.failures, str(results)
    assert results.outcomes.keys() >= set(outcomes)
    assert results.slowest_ms < 1000 * runner.LONGEST_CASE


def deadline() -> float:
    return time.monotonic() + SECONDS


def test_damaged_bodies_give_documented_errors_only() -> None:
    results = response_bodies.run(SEED, 15_000, deadline(), DECODING)
    check(results, "read", "field error", "MalformedResponse", "not JSON")


def test_damaged_answers_give_documented_errors_only() -> None:
    results = response_bodies.run(SEED + 1, 6_000, deadline(), response_bodies.THROUGH_CLIENT)
    refused = "MalformedResponse", "LinkRefused", "MetadataLinkRefused", "DeltaTokenExpired"
    check(results, "read", "field error", *refused, "NotFound", "Throttled", "ServiceUnavailable", "GraphError")


def test_what_a_service_reads_in_a_url_is_what_was_put_in() -> None:
    check(request_urls.run(SEED, 10_000, deadline()), "read back", "refused")


@pytest.mark.parametrize("module", [response_bodies, request_urls])
def test_the_seed_and_the_number_make_a_case_again(module: ModuleType) -> None:
    made = [
        repr(module.draw(chance))
        for chance in (random_for_case(1, 7), random_for_case(1, 7), random_for_case(1, 8), random_for_case(2, 7))
    ]
    assert made[0] == made[1]
    assert len(set(made)) == 3


def test_failures_are_listed_by_exception_and_place() -> None:
    def examine(number: int) -> str:
        if number % 10 == 0:
            raise KeyError(number)
        if number % 10 == 1:
            raise KeyError(number)
        return "fine"

    results = run_cases("of numbers", 1, 500, deadline(), draw=lambda chance: chance.randrange(1000), examine=examine)
    assert sum(results.outcomes.values()) == results.cases == 500
    assert [failure.what.partition(":")[0] for failure in results.failures] == ["KeyError", "KeyError"]
    assert sum(failure.times for failure in results.failures) == results.outcomes["failed"]
    for failure in results.failures:
        assert failure.reproduction == str(random_for_case(failure.seed, failure.case).randrange(1000))
        assert failure.reproduction in str(results)


def test_a_case_that_hangs_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "LONGEST_CASE", 0.05)

    def examine(_: float) -> str:
        while True:
            pass

    (failure,) = run_cases("of loops", 1, 2, deadline(), draw=random.Random.random, examine=examine).failures
    assert failure.times == 2
    assert failure.what == "Hang: timed out after 0.05 seconds"


def test_no_case_begins_after_the_deadline() -> None:
    assert response_bodies.run(SEED, FEW, time.monotonic()).cases == 0


def fails_like(error: type[Exception]) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise error("made to fail")

    return fail


def gives(value: object) -> Callable[..., object]:
    return lambda *_, **__: value


def iterated(_: object) -> Iterator[str]:
    return iter(("id",))


def emptied(model: Model) -> Model:
    return type(model)()


@pytest.mark.parametrize(
    ("owner", "name", "broken", "noticed"),
    [
        pytest.param(Model, "__repr__", fails_like(KeyError), "KeyError", id="repr"),
        pytest.param(Model, "__repr__", gives("x"), "Inconsistent", id="repr of something else"),
        pytest.param(Model, "to_json", gives(b"{}"), "Inconsistent", id="JSON"),
        pytest.param(Model, "__eq__", gives(False), "Inconsistent", id="equality"),
        pytest.param(Model, "__copy__", emptied, "Inconsistent", id="copy"),
        pytest.param(Model, "__reduce__", fails_like(AttributeError), "AttributeError", id="pickle"),
        pytest.param(Model, "serialize", gives(None), "Inconsistent", id="writer"),
        pytest.param(AdditionalData, "__iter__", iterated, "Inconsistent", id="additional data"),
        pytest.param(field, "FieldError", gives(TypeError("made up")), "TypeError", id="field"),
        pytest.param(GraphError, "__reduce__", fails_like(TypeError), "TypeError", id="error"),
        pytest.param(Page, "__repr__", gives("x"), "AssertionError", id="page"),
    ],
)
def test_what_a_model_does_wrong_is_noticed(
    monkeypatch: pytest.MonkeyPatch, owner: object, name: str, broken: Callable[..., object], noticed: str
) -> None:
    monkeypatch.setattr(owner, name, broken)
    failures = response_bodies.run(SEED, FEW, deadline(), DECODING).failures
    assert noticed in {failure.what.partition(":")[0] for failure in failures}


def test_pages_without_an_end_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = Answer(200, (), b'{"value":[{}],"@odata.nextLink":"https://graph.microsoft.com/v1.0/fuzzed"}')
    monkeypatch.setattr(VisitedLinks, "visit", gives(False))
    monkeypatch.setattr(PageProgress, "has_ended", False)
    monkeypatch.setattr(scripted_client, "LAST_PAGE", endless)
    failures = response_bodies.run(SEED, 100, deadline(), ("pages",)).failures
    assert "AssertionError: more than 100 requests" in {failure.what for failure in failures}


def unescaped(value: object) -> str:
    return f"'{value}'"


def unencoded(text: str, **_: object) -> str:
    return text


def with_slashes(text: str, **_: object) -> str:
    return quote(text)


def unjoined(self: Filter, operator: str, other: Filter) -> Filter:
    return Filter(lambda variables: f"{self.render(variables)} {operator} {other.render(variables)}")


@pytest.fixture(scope="module")
def before() -> set[tuple[str, str]]:
    """The failures while nothing is broken."""
    return found(request_urls.run(SEED, FEW, deadline()))


# The package exports a function of the same name.
function_call = importlib.import_module("graph_meetings_runtime.requests.function_call")


@pytest.mark.parametrize(
    ("owner", "name", "broken"),
    [
        pytest.param(function_call, "quote", unencoded, id="arguments are not encoded"),
        pytest.param(request_information, "quote", with_slashes, id="keys keep slashes"),
        pytest.param(edm.STRING, "literal", unescaped, id="quotes are not doubled"),
        pytest.param(Filter, "_joined", unjoined, id="or has no parentheses"),
        pytest.param(moments, "_require_aware", gives(None), id="naive datetimes are taken"),
        pytest.param(moments, "_check_rfc_3339", str, id="any text is a date"),
    ],
)
def test_what_is_wrong_in_a_url_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
    before: set[tuple[str, str]],
    owner: object,
    name: str,
    broken: Callable[..., object],
) -> None:
    monkeypatch.setattr(owner, name, broken)
    assert found(request_urls.run(SEED, FEW, deadline())) - before


def found(results: FuzzingResults) -> set[tuple[str, str]]:
    """Return the kinds of failures of a run."""
    return {(failure.what.partition(":")[0], failure.place) for failure in results.failures}
