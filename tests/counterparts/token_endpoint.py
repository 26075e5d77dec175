"""A local login service with https: what azure-identity needs of login.microsoftonline.com."""

import base64
import json
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tests.support.raw_server import answer

TENANT = "11111111-2222-3333-4444-555555555555"
CLIENT = "66666666-7777-8888-9999-000000000000"
CLAIMS = {"access_token": {"nbf": {"essential": True, "value": "1604106651"}}}
ENCODED = base64.b64encode(json.dumps(CLAIMS).encode()).decode()
CHALLENGE = answer(
    "401 Unauthorized",
    b'{"error": {"code": "InvalidAuthenticationToken", "message": "The token was revoked."}}',
    [f'WWW-Authenticate: Bearer realm="", error="insufficient_claims", claims="{ENCODED}"'],
)
"""How the service refuses a token that has been revoked; `CLAIMS` must be in the next one."""


@dataclass
class TokenEndpoint:
    """The requests for tokens, and what the next tokens are.

    Attributes:
        authority: its URL, for azure-identity.
        requests: the forms of the requests for tokens.
        lifetime: of the next tokens, in seconds.
        refresh_in: after how many seconds a token should be replaced, if the service says so.
        error: the error of the next answers, such as `invalid_client`.
    """

    authority: str = ""
    requests: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    lifetime: int = 3600
    refresh_in: int | None = None
    error: str | None = None

    def token(self, number: int) -> str:
        """Return the token that the request of this number gets, counted from 0."""
        return f"TOKEN-SECRET-{number}"

    def claims(self) -> list[dict[str, Any] | None]:
        """Return the claims of each request."""
        return [json.loads(form["claims"]) if "claims" in form else None for form in self.requests]

    def assertions(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Return head and body of the signed assertion of each request that has one."""
        found = [form["client_assertion"].split(".") for form in self.requests if "client_assertion" in form]
        return [(_decoded(head), _decoded(body)) for head, body, _ in found]

    def answer(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer a request for a token."""
        self.requests.append(form)
        if self.error:
            description = "AADSTS7000215: Invalid client secret provided. Trace ID: made-up"
            return 401, {"error": self.error, "error_description": description}
        token: dict[str, Any] = {
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "ext_expires_in": self.lifetime,
            "access_token": self.token(len(self.requests) - 1),
        }
        return 200, token if self.refresh_in is None else token | {"refresh_in": self.refresh_in}

    def configuration(self) -> dict[str, Any]:
        """Return the OpenID configuration of the tenant."""
        root = f"{self.authority}/{TENANT}"
        return {
            "token_endpoint": f"{root}/oauth2/v2.0/token",
            "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
            "issuer": f"{root}/v2.0",
            "tenant_region_scope": "EU",
        }


@contextmanager
def token_endpoint(certificate: Path) -> Generator[TokenEndpoint]:
    """Run a login service on 127.0.0.1 for the duration of the block.

    Args:
        certificate: its own, with its key.
    """
    state = TokenEndpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            is_known = self.path.endswith(f"/{TENANT}/v2.0/.well-known/openid-configuration")
            self._send(*(200, state.configuration()) if is_known else (404, {"error": "not_found"}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            is_known = self.path == f"/{TENANT}/oauth2/v2.0/token"
            self._send(*state.answer(form) if is_known else (404, {"error": "not_found"}))

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

        def _send(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    state.authority = f"https://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def _decoded(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found
