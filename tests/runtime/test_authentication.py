"""Tokens: what the credential is asked for, and what a claims challenge says."""

import asyncio
import base64
import json
import time
from contextlib import suppress
from typing import Any
from unittest.mock import Mock, patch

import pytest
from azure.core.credentials import AccessToken, AccessTokenInfo
from hypothesis import given
from hypothesis import strategies as st
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation

from graph_meetings_runtime.errors import AuthenticationFailed
from graph_meetings_runtime.http.authentication import CachedCredential, OriginAuthentication
from graph_meetings_runtime.http.kiota_adapter import OriginAuthenticationProvider
from graph_meetings_runtime.http.responses.challenge import claims_challenge, decode_claims
from graph_meetings_runtime.origin import Origin

CLAIMS = '{"a":"?>?"}'  # its base64 has a different character in each alphabet, and padding
STANDARD = base64.b64encode(CLAIMS.encode()).decode()
URL_SAFE = base64.urlsafe_b64encode(CLAIMS.encode()).decode()


class Recording:
    """A credential that notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[str, ...], dict[str, Any]]] = []

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        self.asked.append((scopes, options))
        return AccessToken("t", int(time.time()) + 3600)


def test_the_alphabets_of_base64_differ_here() -> None:
    assert STANDARD != URL_SAFE
    assert STANDARD.endswith("=")


@pytest.mark.parametrize("encoded", [STANDARD, URL_SAFE, STANDARD.rstrip("="), URL_SAFE.rstrip("=")])
def test_claims_are_decoded_in_either_alphabet_with_or_without_padding(encoded: str) -> None:
    assert claims_challenge(f'Bearer realm="", claims="{encoded}"') == CLAIMS


def test_the_claims_of_a_public_report_are_decoded() -> None:
    assert claims_challenge('Bearer error="insufficient_claims", claims="eyJhIjoiPz8_In0"') == '{"a":"???"}'


@pytest.mark.parametrize(
    "header",
    [
        'Bearer claims="{}"',
        "bearer claims={}",
        'BEARER realm="a, b=c", Claims = "{}"',
        'Negotiate, Bearer realm="", claims="{}"',
        'Negotiate YII=, Basic realm="claims=\\"x\\"", Bearer claims="{}", realm=""',
        'PoP realm="", claims="e30", nonce="x", Bearer realm="", claims="{}"',
        'Bearer authorization_uri="https://login.example/authorize?x=1&claims=no", claims="{}", PoP claims="e30"',
    ],
)
def test_the_claims_are_those_of_the_bearer_challenge(header: str) -> None:
    assert claims_challenge(header.replace("{}", URL_SAFE)) == CLAIMS


@pytest.mark.parametrize(
    "header", ["", "Bearer", 'Bearer realm=""', 'Basic claims="e30"', 'Bearer claims="e30', "claims=e30", ",,=,", '"']
)
def test_a_header_without_claims_of_a_bearer_has_none(header: str) -> None:
    assert claims_challenge(header) is None


@pytest.mark.parametrize("encoded", ["/////w==", "e30!", "e", "W10", "bm8", "", "e30=e30", "e 30"])
def test_malformed_claims_are_an_error(encoded: str) -> None:
    with pytest.raises(ValueError, match=r"^malformed claims challenge$"):
        claims_challenge(f'Bearer claims="{encoded}"')


JSON_OBJECTS = st.dictionaries(st.text(), st.recursive(st.text() | st.booleans() | st.none(), st.lists))


@given(JSON_OBJECTS, st.booleans(), st.booleans(), st.sampled_from(["", "Basic x=1, ", "Negotiate abc==, "]))
def test_whatever_claims_are_sent_are_the_claims_that_are_asked_for(
    claims: dict[str, Any], is_padded: bool, is_url_safe: bool, before: str
) -> None:
    text = json.dumps(claims)
    encoded = (base64.urlsafe_b64encode if is_url_safe else base64.b64encode)(text.encode()).decode()
    encoded = encoded if is_padded else encoded.rstrip("=")
    assert claims_challenge(f'{before}Bearer realm="x", claims="{encoded}"') == text
    assert decode_claims(encoded) == text


@given(st.text())
def test_no_header_breaks_the_parser(header: str) -> None:
    with suppress(ValueError):
        found = claims_challenge(header)
        assert found is None or isinstance(json.loads(found), dict)


@pytest.mark.parametrize(
    "header", ["Bearer " + "a" * 10**6, "a=" * 10**6, "Bearer " + " " * 10**6, 'x="' + "\\" * 10**6]
)
def test_a_long_header_takes_no_time(header: str) -> None:
    began = time.monotonic()
    claims_challenge(header)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("enable_cae", [True, False])
async def test_the_credential_is_asked_for_the_scopes_and_the_kind_of_token_wanted(*, enable_cae: bool) -> None:
    credential = Recording()
    cached = CachedCredential(credential, ("a", "b"), enable_cae=enable_cae)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # as much of a credential as is used
    await cached.get_token()
    await cached.get_token(CLAIMS)
    assert [scopes for scopes, _ in credential.asked] == [("a", "b")] * 2
    assert [options["enable_cae"] for _, options in credential.asked] == [enable_cae] * 2
    assert [options["claims"] for _, options in credential.asked] == [None, CLAIMS]


class Aging:
    """A credential of azure-identity's newer kind, whose tokens should be replaced before they expire."""

    def __init__(self, *refresh_in: float | Exception) -> None:
        self.refresh_in = list(refresh_in)
        self.asked: list[tuple[tuple[str, ...], dict[str, Any]]] = []

    async def get_token_info(self, *scopes: str, options: dict[str, Any]) -> AccessTokenInfo:
        self.asked.append((scopes, options))
        refresh_in = self.refresh_in[len(self.asked) - 1]
        if isinstance(refresh_in, Exception):
            raise refresh_in
        now = int(time.time())
        return AccessTokenInfo(str(len(self.asked)), now + 86_400, refresh_on=now + int(refresh_in))


async def tokens(credential: Aging, *ages: float) -> list[str]:
    """Return the token used at each age, in seconds after the first one."""
    cached = CachedCredential(credential, ("a",))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # as much of a credential as is used
    began, used = time.time(), list[str]()
    for age in ages:
        with patch("time.time", return_value=began + age):
            used.append((await cached.get_token()).token)
    return used


async def test_a_token_is_replaced_when_the_login_service_says() -> None:
    credential = Aging(43_200, 43_200)
    assert await tokens(credential, 0, 43_000, 43_300, 86_000) == ["1", "1", "2", "2"]
    assert credential.asked == [(("a",), {"enable_cae": True})] * 2


async def test_a_token_is_replaced_before_it_expires_whatever_the_login_service_says() -> None:
    assert await tokens(Aging(90_000, 90_000), 0, 86_000, 86_150) == ["1", "1", "2"]


async def test_a_login_service_that_fails_is_left_alone_for_a_while_and_the_token_is_used() -> None:
    credential = Aging(100, OSError("down"), 43_200)
    assert await tokens(credential, 0, 101, 102, 130, 132) == ["1", "1", "1", "1", "3"]


async def test_a_token_that_the_credential_could_not_replace_is_not_asked_for_at_each_request() -> None:
    """azure-identity says nothing about a refresh that failed, and returns what it had."""
    credential = Aging(-1, -1, -1)
    await tokens(credential, 0, 1, 29, 31, 32)
    assert len(credential.asked) == 2


async def test_claims_are_passed_to_the_newer_kind_of_credential() -> None:
    credential = Aging(100, 100)
    cached = CachedCredential(credential, ("a",), enable_cae=False)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # as much of a credential as is used
    await cached.get_token()
    await cached.get_token(CLAIMS)
    assert credential.asked == [(("a",), {"enable_cae": False}), (("a",), {"enable_cae": False, "claims": CLAIMS})]


async def test_a_malformed_token_is_not_kept() -> None:
    class Improving(Recording):
        async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
            token = await super().get_token(*scopes, **options)
            return token if len(self.asked) > 1 else token._replace(token="t\r\nX: y")

    cached = CachedCredential(Improving(), ("a",))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # as much of a credential as is used
    with pytest.raises(AuthenticationFailed, match="malformed token"):
        await cached.get_token()
    assert (await cached.get_token()).token == "t"


async def test_a_credential_that_has_no_more_tokens_is_not_waited_for() -> None:
    credential = Mock(spec=["get_token"])
    credential.get_token = Mock(side_effect=[])  # raises StopIteration, which Python 3.11 cannot put into a future
    async with asyncio.timeout(10):
        with pytest.raises(AuthenticationFailed, match="returned no token"):
            await CachedCredential(credential, ("a",)).get_token()


async def test_kiota_passes_claims_in_base64() -> None:
    credential = Recording()
    authentication = OriginAuthentication(credential, Origin.of("https://graph.example"), ("a",))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # as much of a credential as is used
    request = RequestInformation(Method.GET, "https://graph.example/v1.0/me", {})
    await OriginAuthenticationProvider(authentication).authenticate_request(request, {"claims": URL_SAFE})
    assert credential.asked[0][1]["claims"] == CLAIMS
    assert request.headers.get("Authorization") == {"Bearer t"}


async def test_kiota_gets_another_token_for_claims_that_the_last_one_was_asked_for_already() -> None:
    credential = Aging(100, 100, 100)
    authentication = OriginAuthentication(credential, Origin.of("https://graph.example"), ("a",))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # as much of a credential as is used
    provider = OriginAuthenticationProvider(authentication)
    request = RequestInformation(Method.GET, "https://graph.example/v1.0/me", {})
    await provider.authenticate_request(request)
    for number in (2, 3):
        await provider.authenticate_request(request, {"claims": URL_SAFE})
        assert request.headers.get("Authorization") == {f"Bearer {number}"}
