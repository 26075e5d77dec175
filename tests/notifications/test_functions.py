"""The pure form within functions: AWS Lambda behind each kind of gateway, and Azure Functions."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph_meetings_notifications import Certificates, Inbox, Receiver
from tests.notifications.publisher import APP, TENANT

STATE = "a long and random client state"
QUESTION = "Validation: is this+yours? 100%"
BATCH = json.dumps(
    {
        "value": [
            {
                "subscriptionId": "sub",
                "changeType": "created",
                "clientState": STATE,
                "tenantId": TENANT,
                "resource": "communications/callRecords/1",
                "resourceData": {"id": "1"},
            }
        ]
    }
)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.folder(tmp_path_factory.mktemp("keys") / "certs")


@pytest.fixture
def receiver(certificates: Certificates, tmp_path: Path) -> Iterator[Receiver]:
    with Inbox(tmp_path / "inbox.db") as inbox:
        yield Receiver(certificates, app_ids={APP}, tenants={TENANT}, inbox=inbox, client_states={STATE})


def on_lambda(receiver: Receiver, event: dict[str, Any]) -> dict[str, Any]:
    body = (event.get("body") or "").encode()
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body)
    query: Any = event["rawQueryString"] if "rawQueryString" in event else event.get("queryStringParameters") or {}
    answer = receiver.accept(query, body, event.get("headers"))
    return {"statusCode": answer.status, "headers": dict(answer.headers), "body": answer.body.decode()}


@pytest.mark.parametrize(
    "event",
    [
        {"version": "2.0", "rawQueryString": "validationToken=Validation%3A+is+this%2Byours%3F+100%25", "body": None},
        {"httpMethod": "POST", "queryStringParameters": {"validationToken": QUESTION}, "body": None},
    ],
)
def test_a_lambda_answers_the_handshake(receiver: Receiver, event: dict[str, Any]) -> None:
    answer = on_lambda(receiver, event)
    assert (answer["statusCode"], answer["body"]) == (200, QUESTION)


@pytest.mark.parametrize(
    "event",
    [
        {"version": "2.0", "rawQueryString": "", "headers": {"content-type": "application/json"}, "body": BATCH},
        {"rawQueryString": "", "body": base64.b64encode(BATCH.encode()).decode(), "isBase64Encoded": True},
        {"httpMethod": "POST", "queryStringParameters": None, "headers": {}, "body": BATCH},
    ],
)
def test_a_lambda_takes_notifications(receiver: Receiver, event: dict[str, Any]) -> None:
    assert on_lambda(receiver, event)["statusCode"] == 202
    assert len(list(receiver.events(wait=False))) == 1


def test_an_azure_function_answers_and_takes_notifications(receiver: Receiver) -> None:
    functions = pytest.importorskip("azure.functions", reason="azure-functions is not installed")

    def main(request: Any) -> Any:
        answer = receiver.accept(request.params, request.get_body(), request.headers)
        return functions.HttpResponse(answer.body, status_code=answer.status, headers=dict(answer.headers))

    asked = main(functions.HttpRequest("POST", "/api/graph", params={"validationToken": QUESTION}, body=b""))
    assert (asked.status_code, asked.get_body().decode()) == (200, QUESTION)
    assert asked.headers["Content-Type"] == "text/plain; charset=utf-8"
    taken = main(functions.HttpRequest("POST", "/api/graph", params={}, headers={}, body=BATCH.encode()))
    assert taken.status_code == 202
    assert len(list(receiver.events(wait=False))) == 1
