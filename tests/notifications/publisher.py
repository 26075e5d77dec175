"""A service that signs tokens, as far as its receiver can tell: a key set over a real socket, and tokens by PyJWT."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from graph_meetings_notifications import SigningKeys
from tests.support.raw_server import answer
from tests.support.socket_server import SocketServer, socket_server

APP = "3c7a4f0e-1111-4222-8333-444455556666"
TENANT = "9f4ebab6-520d-49c0-85cc-7b25c78d4a93"
SENDER = "0bf30f3b-4a52-48df-9a82-234910c4a086"
FIRST, SECOND, UNPUBLISHED = (generate_private_key(65537, 2048) for _ in range(3))


def number(value: int) -> str:
    return urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8)).decode().rstrip("=")


def jwk(key: RSAPrivateKey, key_id: str, **other: object) -> dict[str, object]:
    public = key.public_key().public_numbers()
    return {"kty": "RSA", "use": "sig", "kid": key_id, "n": number(public.n), "e": number(public.e), **other}


def claims(**changed: object) -> dict[str, Any]:
    """Return the claims of a token that is right, in version 1.0, with changes; `None` leaves a claim out."""
    now = int(time.time())
    right = {
        "aud": APP,
        "iss": f"https://sts.windows.net/{TENANT}/",
        "tid": TENANT,
        "appid": SENDER,
        "ver": "1.0",
        "iat": now,
        "nbf": now,
        "exp": now + 3600,
    }
    return {name: value for name, value in {**right, **changed}.items() if value is not None}


def token(key: RSAPrivateKey = FIRST, key_id: str | None = "first", **changed: object) -> str:
    headers = {} if key_id is None else {"kid": key_id}
    return jwt.encode(claims(**changed), key, algorithm="RS256", headers=headers)


@dataclass
class Publisher:
    """The key set that is served.

    Attributes:
        keys: in it.
        body: sent instead of the key set, if it is not `None`.
        status: of the answers.
        fetches: how often it was asked for.
    """

    server: SocketServer
    keys: list[dict[str, object]] = field(default_factory=lambda: [jwk(FIRST, "first")])
    body: bytes | None = None
    status: str = "200 OK"
    headers: tuple[str, ...] = ()

    @property
    def fetches(self) -> int:
        return len(self.server.heads)

    @property
    def url(self) -> str:
        return f"{self.server.url}/common/discovery/keys"

    def signing_keys(self, **options: Any) -> SigningKeys:
        return SigningKeys(url=self.url, **options)

    def answer(self) -> bytes:
        body = json.dumps({"keys": self.keys}).encode() if self.body is None else self.body
        return answer(self.status, body, self.headers)


@contextmanager
def publishing() -> Generator[Publisher]:
    def serve(server: SocketServer, connection: Any) -> None:
        server.read_head(connection)
        connection.sendall(publisher.answer())

    with socket_server(serve) as server:
        publisher = Publisher(server)
        yield publisher
