"""Token buckets for each application in each tenant, as the service documents them."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from json import dumps

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_emulator import Limit, Throttle
from graph_meetings_emulator.http.errors import ServiceError
from graph_meetings_emulator.http.throttle import caller_of
from tests.emulator.support import Site

RECORD = "communications/callRecords/3cf3bbc8"
PSTN = "communications/callRecords/getPstnCalls(fromDateTime=2026-01-01,toDateTime=2026-02-01)"


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def is_taken(throttle: Throttle, path: str = "me/onlineMeetings") -> bool:
    try:
        throttle.check("a", path)
    except ServiceError:
        return False
    return True


def jwt(**claims: str) -> str:
    header, payload = (urlsafe_b64encode(dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "x"}, claims))
    return f"{header}.{payload}.signature"


def test_nothing_is_throttled_by_default(site: Site) -> None:
    assert [site.get(site.recordings).status_code for _ in range(60)] == [200] * 60


def test_a_bucket_takes_a_burst_and_then_its_rate() -> None:
    clock = Clock()
    throttle = Throttle((Limit(5, 1, burst=3),), clock)
    assert [is_taken(throttle) for _ in range(5)] == [True, True, True, False, False]
    clock.now = 0.2
    assert [is_taken(throttle), is_taken(throttle)] == [True, False]
    clock.now = 60.0
    assert sum(is_taken(throttle) for _ in range(9)) == 3
    assert throttle.taken["a"] == 7


@given(st.floats(0.1, 100), st.floats(1, 20), st.lists(st.floats(0, 5), max_size=60))
def test_no_more_are_taken_than_the_burst_and_the_rate_allow(rate: float, burst: float, waits: list[float]) -> None:
    clock = Clock()
    throttle = Throttle((Limit(rate, 1, burst=burst),), clock)
    taken = 0
    for wait in waits:
        clock.now += wait
        taken += is_taken(throttle)
        assert taken <= burst + clock.now * rate + 1e-6


def test_refusals_say_when_to_come_back(site: Site) -> None:
    site.emulator.throttle = Throttle((Limit(1, 60, burst=1, retry_after=2.5),))
    assert site.get(site.recordings).status_code == 200
    refused = site.get(site.recordings)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "2.5")
    assert refused.json()["error"]["code"] == "TooManyRequests"
    site.emulator.throttle = Throttle((Limit(1, 60, burst=1),))
    assert [site.get(site.recordings).headers.get("retry-after") for _ in range(2)] == [None, "60"]


def test_each_application_in_each_tenant_has_its_own_bucket(site: Site) -> None:
    site.emulator.throttle = Throttle((Limit(1, 60),))
    tokens = [jwt(appid="a", tid="t"), jwt(azp="a", tid="u"), jwt(appid="b", tid="t"), jwt(appid="a", tid="t", n="2")]
    site.emulator.other_tokens.update(tokens)
    statuses = [
        httpx.get(site.emulator.base_url + site.recordings, headers={"Authorization": f"Bearer {token}"}).status_code
        for token in tokens
    ]
    assert statuses == [200, 200, 200, 429]
    assert site.emulator.throttle.refused == {"a in t": 1}


def test_a_wrong_token_and_the_metadata_cost_nothing(site: Site) -> None:
    site.emulator.throttle = Throttle((Limit(1, 60),))
    assert httpx.get(site.emulator.base_url + site.recordings, headers={"Authorization": "Bearer x"}).status_code == 401
    assert site.get("/$metadata").status_code == 200
    assert site.get(site.recordings).status_code == 200


@given(st.text() | st.text("ey.JA-_=", max_size=30))
def test_any_token_names_a_caller(token: str) -> None:
    assert caller_of(token) == token


def test_requests_during_throttling_count_if_asked_for() -> None:
    clock = Clock()
    throttle = Throttle((Limit(1, 1, burst=2, counts_refused=True),), clock)
    assert [is_taken(throttle) for _ in range(3)] == [True, True, False]
    clock.now = 1.0
    assert not is_taken(throttle)
    clock.now = 4.0
    assert is_taken(throttle)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("communications/callRecords", 40),
        (RECORD, 40),
        (f"{RECORD}/sessions", 40),
        (PSTN, 50),
        (PSTN.replace("get", "microsoft.graph.callRecords.get"), 50),
        ("solutions/virtualEvents/webinars/x/sessions/y/attendanceReports", 750),
        ("users/x/onlineMeetings/getAllRecordings(meetingOrganizerUserId='x')", 30),
        ("me/onlineMeetings", 30),
    ],
)
def test_the_documented_limits(path: str, most: int) -> None:
    throttle = Throttle.documented()
    throttle.clock = Clock()
    assert [is_taken(throttle, path) for _ in range(most + 1)] == [True] * most + [False]


def test_the_limit_of_a_call_record_is_its_own() -> None:
    throttle = Throttle.documented()
    throttle.clock = Clock()
    assert sum(is_taken(throttle, f"{RECORD}/sessions") for _ in range(99)) == 40
    assert is_taken(throttle, f"{RECORD}0/sessions")
    assert sum(is_taken(throttle, f"communications/callRecords/{number}") for number in range(2_000)) == 1_459


@pytest.mark.parametrize("numbers", [(0, 1, 1, 1), (1, 0, 1, 1), (-1, 1, 1, 1), (1, 1, 0, 1), (1, 1, 1, -1)])
def test_limits_that_make_no_sense_are_refused(numbers: tuple[float, float, float, float]) -> None:
    requests, seconds, burst, retry_after = numbers
    with pytest.raises(ValueError, match="must be positive"):
        Limit(requests, seconds, burst=burst, retry_after=retry_after)
