"""Validation tokens made by PyJWT: the right one passes, and whatever differs is refused without being shown."""

import hashlib
import hmac
import json
import socket
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings import Cloud
from graph_meetings_notifications import (
    SigningKeys,
    SigningKeysUnavailable,
    TokenRefused,
    VerifiedToken,
    verify_tokens,
)
from graph_meetings_notifications.tokens.remembered import RememberedTokens, SignedClaims
from tests.notifications.publisher import (
    APP,
    FIRST,
    SECOND,
    SENDER,
    TENANT,
    UNPUBLISHED,
    Publisher,
    claims,
    jwk,
    publishing,
    token,
)
from tests.support.error_collector import beneath
from tests.support.socket_server import SocketServer, socket_server

V2: dict[str, Any] = {
    "iss": f"https://login.microsoftonline.com/{TENANT}/v2.0",
    "appid": None,
    "azp": SENDER,
    "ver": "2.0",
}


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as running:
        yield running


@pytest.fixture(scope="module")
def keys() -> Iterator[SigningKeys]:
    with publishing() as running:
        yield running.signing_keys()


def verify(keys: SigningKeys, *tokens: object, **options: Any) -> tuple[VerifiedToken, ...]:
    given: dict[str, Any] = {"app_ids": {APP}, "tenants": {TENANT}, **options}
    return verify_tokens(tokens, keys, **given)


def second_version(authority: str) -> str:
    changed: dict[str, Any] = {**V2, "iss": f"{authority}/{TENANT}/v2.0"}
    return token(**changed)


def test_the_right_token_passes(keys: SigningKeys) -> None:
    assert verify(keys, token()) == (VerifiedToken(APP, TENANT),)
    assert verify(keys, token(**V2)) == (VerifiedToken(APP, TENANT),)


def test_ids_may_be_written_in_capitals(keys: SigningKeys) -> None:
    shouted = token(aud=APP.upper(), tid=TENANT.upper())
    assert verify(keys, shouted, app_ids=[APP.upper()]) == (VerifiedToken(APP, TENANT),)


def test_any_tenant_passes_where_none_are_named(keys: SigningKeys) -> None:
    other = "11111111-2222-4333-8444-555555555555"
    theirs = token(tid=other, iss=f"https://sts.windows.net/{other}/")
    assert verify(keys, theirs, tenants=None) == (VerifiedToken(APP, other),)
    with pytest.raises(TokenRefused, match="another tenant"):
        verify(keys, theirs)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"exp": time.time() - 3600}, "expired"),
        ({"exp": None}, "malformed"),
        ({"exp": "soon"}, "malformed"),
        ({"nbf": time.time() + 3600}, "not valid yet"),
        ({"aud": "11111111-2222-4333-8444-555555555555"}, "another application"),
        ({"aud": [APP]}, "has no aud"),
        ({"aud": None}, "malformed"),
        ({"aud": f"api://{APP}"}, "another application"),
        ({"iss": "https://sts.windows.net/11111111-2222-4333-8444-555555555555/"}, "issuer"),
        ({"iss": f"https://sts.windows.net.evil.example/{TENANT}/"}, "issuer"),
        ({"iss": f"https://sts.windows.net/{TENANT}"}, "issuer"),
        ({"iss": f"https://login.microsoftonline.us/{TENANT}/v2.0", "azp": SENDER}, "issuer"),
        ({"iss": None}, "malformed"),
        ({"tid": None}, "malformed"),
        ({"tid": "{}"}, "issuer"),
        ({"appid": "11111111-2222-4333-8444-555555555555"}, "not made for the service"),
        ({"appid": None}, "has no appid"),
        ({"appid": None, "azp": SENDER}, "has no appid"),  # each version names the sender in its own way
        ({**V2, "azp": None, "appid": SENDER}, "has no azp"),
        ({**V2, "azp": APP}, "not made for the service"),
    ],
)
def test_a_token_with_another_claim_is_refused(keys: SigningKeys, changed: dict[str, Any], message: str) -> None:
    with pytest.raises(TokenRefused, match=message):
        verify(keys, token(**changed))


def test_the_clock_may_differ_by_five_minutes(keys: SigningKeys) -> None:
    now = time.time()
    assert verify(keys, token(exp=now - 200), token(nbf=now + 200, iat=now + 200))
    with pytest.raises(TokenRefused, match="expired"):
        verify(keys, token(exp=now - 200), leeway=timedelta(seconds=10))


def test_one_bad_token_refuses_all(keys: SigningKeys) -> None:
    with pytest.raises(TokenRefused):
        verify(keys, token(), token(exp=1), token())


@pytest.mark.parametrize("cloud", list(Cloud))
def test_each_cloud_has_keys_and_issuers_of_its_own(publisher: Publisher, cloud: Cloud) -> None:
    assert SigningKeys(cloud).url == f"{cloud.authority}/common/discovery/keys"
    keys = SigningKeys(cloud, url=publisher.url)
    china = cloud is Cloud.CHINA
    first = f"https://sts.chinacloudapi.cn/{TENANT}/" if china else f"https://sts.windows.net/{TENANT}/"
    host = "https://login.partner.microsoftonline.cn" if china else cloud.authority
    assert verify(keys, token(iss=first), second_version(host))
    for other in set(Cloud) - {cloud}:
        if other.authority != cloud.authority:
            with pytest.raises(TokenRefused, match="issuer"):
                verify(keys, second_version(other.authority))


# Signatures


def test_a_token_that_someone_else_has_signed_is_refused(keys: SigningKeys) -> None:
    with pytest.raises(TokenRefused, match="signature is wrong"):
        verify(keys, token(UNPUBLISHED))


def with_header(header: dict[str, object], signature: str = "") -> str:
    parts = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims())]
    return ".".join([*parts, signature])


def test_no_algorithm_but_rs256_passes(keys: SigningKeys) -> None:
    pem = FIRST.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signing = with_header({"alg": "HS256", "kid": "first", "typ": "JWT"}).rstrip(".")
    # By hand, because PyJWT does not use a public key as a secret.
    forged = urlsafe_b64encode(hmac.new(pem, signing.encode(), hashlib.sha256).digest()).decode().rstrip("=")
    others = [
        f"{signing}.{forged}",
        with_header({"alg": "none", "kid": "first"}),
        with_header({"alg": "None", "kid": "first"}),
        with_header({"kid": "first"}),
        *(
            jwt.encode(claims(), FIRST, algorithm=name, headers={"kid": "first"})
            for name in ("RS384", "RS512", "PS256")
        ),
    ]
    for other in others:
        with pytest.raises(TokenRefused, match=r"malformed|signature"):
            verify(keys, other)


def test_a_key_within_the_token_is_not_used(keys: SigningKeys) -> None:
    headers = {"kid": "stranger", "jwk": jwk(UNPUBLISHED, "stranger"), "jku": "https://evil.example/keys"}
    with pytest.raises(TokenRefused, match="not signed with a key of the cloud"):
        verify(keys, jwt.encode(claims(), UNPUBLISHED, algorithm="RS256", headers=headers))


@given(data=st.data())
def test_any_changed_bit_is_refused(keys: SigningKeys, data: st.DataObject) -> None:
    right = token()
    changed = bytearray(right.encode())
    place = data.draw(st.integers(0, len(changed) - 1))
    changed[place] ^= 1 << data.draw(st.integers(0, 6))
    text = changed.decode()
    if same_bytes(text, right):  # the last character of a part has bits that mean nothing
        return
    with pytest.raises(TokenRefused):
        verify(keys, text)


def same_bytes(one: str, other: str) -> bool:
    try:
        return [urlsafe_b64decode(part + "==") for part in one.split(".")] == [
            urlsafe_b64decode(part + "==") for part in other.split(".")
        ]
    except ValueError:
        return False


@given(
    other=st.none()
    | st.integers()
    | st.text(max_size=50)
    | st.lists(st.text(max_size=3), max_size=3)
    | st.lists(st.binary(max_size=30), min_size=2, max_size=4).map(
        lambda parts: ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    )
    | st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists, max_leaves=5).map(
        lambda value: with_header({"alg": "RS256", "kid": value})
    )
)
def test_anything_else_is_refused(keys: SigningKeys, other: object) -> None:
    with pytest.raises(TokenRefused):
        verify(keys, other)


def test_huge_and_nested_tokens_are_refused(keys: SigningKeys) -> None:
    nested = urlsafe_b64encode(b'{"kid":' + b"[" * 4000 + b"]" * 4000 + b"}").decode().rstrip("=")
    for other in (
        "a" * (1 << 20),
        token(extra="x" * 20_000),
        f"{nested}.e30.AA",
        f"{nested[:5000]}.e30.AA",
        ".",
        "...",
    ):
        with pytest.raises(TokenRefused):
            verify(keys, other)
    with pytest.raises(TokenRefused, match="more than 1000"):
        verify(keys, *["x"] * 1001)


def test_a_refusal_shows_nothing_of_the_token(keys: SigningKeys) -> None:
    for bad in (token(UNPUBLISHED), token(exp=1), token(aud="other"), "not.a.token", "x" * 17_000, token(key_id="x")):
        with pytest.raises(TokenRefused) as caught:
            verify(keys, bad)
        assert not any(isinstance(error, jwt.PyJWTError) for error in beneath(caught.value))
        assert not any(part in str(caught.value) for part in bad.split(".") if len(part) > 5)


# The key set


def test_the_keys_are_fetched_once(publisher: Publisher) -> None:
    keys = publisher.signing_keys()
    assert publisher.fetches == 0
    for _ in range(5):
        verify(keys, token())
    assert publisher.fetches == 1


def test_many_threads_fetch_the_keys_once(publisher: Publisher) -> None:
    keys = publisher.signing_keys()
    threads = [threading.Thread(target=verify, args=(keys, token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert publisher.fetches == 1


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("graph_meetings_notifications.tokens.signing_keys.monotonic", made)
    return made


def test_a_new_key_is_found_and_a_withdrawn_one_is_refused(publisher: Publisher, clock: Clock) -> None:
    keys = publisher.signing_keys()
    verify(keys, token())
    publisher.keys = [jwk(SECOND, "second")]
    clock.time += 61
    verify(keys, token(SECOND, "second"))
    assert publisher.fetches == 2
    with pytest.raises(TokenRefused):
        verify(keys, token())


def test_a_token_that_comes_again_is_not_verified_again(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    keys, again = publisher.signing_keys(), token()
    first = verify(keys, again)
    monkeypatch.delattr(jwt, "decode")
    assert verify(keys, again) == first
    for other in ({"tenants": {"another"}}, {"app_ids": {"another"}}):
        with pytest.raises(TokenRefused):
            verify(keys, again, **other)


def test_a_token_that_has_expired_is_verified_again_and_refused(publisher: Publisher) -> None:
    keys, now = publisher.signing_keys(), int(time.time())
    late = token(exp=now - 60)  # by a clock that may differ by five minutes
    verify(keys, late)
    with pytest.raises(TokenRefused, match="expired"):
        verify(keys, late, leeway=timedelta(0))


@pytest.mark.parametrize("changed", [{"exp": -1}, {"nbf": 60}, {"iat": 60}, {"exp": None}, {"nbf": "0"}], ids=str)
def test_only_what_is_valid_now_is_remembered(changed: dict[str, Any]) -> None:
    now = int(time.time())
    times: dict[str, Any] = {"exp": now + 60, "nbf": now, "iat": now}
    assert SignedClaims("first", FIRST.public_key(), times).are_current()
    moved = {name: now + value if isinstance(value, int) else value for name, value in changed.items()}
    assert not SignedClaims("first", FIRST.public_key(), {**times, **moved}).are_current()


def test_not_many_tokens_are_remembered() -> None:
    remembered, signed = RememberedTokens(), SignedClaims("first", FIRST.public_key(), {"exp": 2**40})
    for number in range(300):
        remembered.add(str(number), signed)
    found = [number for number in range(300) if remembered.find(str(number)) is not None]
    assert found == list(range(44, 300))


def test_unknown_keys_make_the_set_be_fetched_once_a_minute(publisher: Publisher, clock: Clock) -> None:
    keys = publisher.signing_keys()
    verify(keys, token())
    for second in range(1, 121):
        clock.time = 1000 + second
        with pytest.raises(TokenRefused, match="not signed with a key of the cloud"):
            verify(keys, token(UNPUBLISHED, f"made-up {second}"))
        verify(keys, token())
    assert publisher.fetches == 3


def test_the_keys_are_fetched_again_after_hours(publisher: Publisher, clock: Clock) -> None:
    keys = publisher.signing_keys()
    verify(keys, token())
    publisher.keys = [jwk(SECOND, "second")]
    clock.time += 6 * 3600
    with pytest.raises(TokenRefused):
        verify(keys, token())
    assert publisher.fetches == 2


def test_while_the_set_cannot_be_fetched_its_keys_are_used_for_a_day(publisher: Publisher, clock: Clock) -> None:
    keys = publisher.signing_keys()
    verify(keys, token())
    publisher.status = "503 Service Unavailable"
    clock.time += 23 * 3600
    verify(keys, token())
    clock.time += 3600
    with pytest.raises(SigningKeysUnavailable):
        verify(keys, token())
    publisher.status = "200 OK"
    clock.time += 6
    verify(keys, token())


def test_a_failed_fetch_is_not_repeated_at_once(publisher: Publisher) -> None:
    keys = publisher.signing_keys()
    publisher.status = "500 Internal Server Error"
    for _ in range(3):
        with pytest.raises(SigningKeysUnavailable):
            verify(keys, token())
    assert publisher.fetches == 1


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        ("200 OK", (), b"<html>"),
        ("200 OK", (), b"[]"),
        ("200 OK", (), b'{"keys": 1}'),
        ("200 OK", (), b'{"keys": [1, {}, {"kid": "first"}]}'),
        ("200 OK", (), b'{"keys": []}'),
        ("200 OK", (), b" " * (2 << 20)),
        ("200 OK", ("Content-Length: 100",), b"short"),
        ("302 Found", ("Location: https://evil.example/keys",), b""),
        ("404 Not Found", (), b""),
    ],
)
def test_whatever_is_no_key_set_is_an_error(
    publisher: Publisher, status: str, headers: tuple[str, ...], body: bytes
) -> None:
    publisher.status, publisher.headers, publisher.body = status, headers, body
    with pytest.raises(SigningKeysUnavailable):
        verify(publisher.signing_keys(), token())


def test_keys_that_cannot_verify_rs256_are_left_out(publisher: Publisher) -> None:
    small = generate_private_key(65537, 1024)  # noqa: S505  being too small is the point
    publisher.keys = [
        jwk(small, "first"),
        jwk(FIRST, "first", use="enc"),
        jwk(FIRST, "first", alg="PS256"),
        {"kty": "oct", "kid": "first", "k": "c2VjcmV0"},
        {"kty": "RSA", "kid": "first", "n": "!", "e": "AQAB"},
        {**jwk(FIRST, "first"), "e": "A" * 1000},
        jwk(SECOND, "second"),
    ]
    with pytest.raises(TokenRefused, match="not signed with a key of the cloud"):
        verify(publisher.signing_keys(), token())


def trickling(server: SocketServer, connection: socket.socket) -> None:
    server.read_head(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        connection.sendall(b" ")
        time.sleep(0.05)


def trickling_head(server: SocketServer, connection: socket.socket) -> None:
    server.read_head(connection)
    for letter in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100:
        connection.sendall(bytes([letter]))
        time.sleep(0.05)


def silent(server: SocketServer, connection: socket.socket) -> None:
    server.read_head(connection)
    connection.recv(1)


@pytest.mark.parametrize("serve", [trickling, trickling_head, silent])
def test_a_slow_set_takes_no_longer_than_it_may(serve: Any) -> None:
    with socket_server(serve) as server:
        keys = SigningKeys(url=server.url, timeout=0.3)
        began = time.monotonic()
        with pytest.raises(SigningKeysUnavailable):
            verify(keys, token())
        assert time.monotonic() - began < 2


@pytest.mark.parametrize("url", ["http://login.example/keys", "ftp://127.0.0.1/", "file:///etc/passwd", "keys.json"])
def test_the_set_comes_over_https_only(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        SigningKeys(url=url)
