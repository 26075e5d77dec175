"""Requests with a token that has the least permission for them, and with one that has none, in both versions."""

from collections.abc import Iterator
from typing import Any

import pytest

from graph_meetings_emulator import Emulator, EmulatorCredential
from graph_meetings_runtime import AccessDenied, BadRequest, GraphClient, Operation
from tests.client.conftest import PATIENT
from tests.client.test_every_operation import CLIENTS, builder_of, finding, keys_of


@pytest.fixture(scope="module")
def served() -> Iterator[Emulator]:
    with Emulator() as running:
        running.dataset.add(("subscriptions",), {"id": "a-subscription", "resource": "communications/callRecords"})
        yield running


async def ask(served: Emulator, version: str, operation: Operation, token: str) -> Any:
    """Make the request with a token; the ids in its path are looked up with the emulator's own."""
    base_url = served.base_url if version == "v1.0" else served.beta_url
    meeting = next(served.dataset.root.descendants(("users", "onlineMeetings"))).properties
    options = operation.options
    needed = options.filters[0].partition(" ")[0] if options and options.requires_filter else ""
    async with (
        CLIENTS[version](served.credential, base_url=base_url, retry=PATIENT) as free,
        CLIENTS[version](EmulatorCredential(token), base_url=base_url, retry=PATIENT) as graph,
    ):
        builder = await builder_of(
            free, operation, keys_of(served, operation.path), meeting, served.dataset.organizers[0]
        )
        limited: GraphClient = graph
        builder.request_adapter = limited.request_adapter
        return await builder.get(**({"filter": finding(meeting, needed)} if needed else {}))


# One for each set of permissions.
OPERATIONS = {
    (version, operation.permissions): pytest.param(
        version, operation, id=f"{version} {operation.path.partition('(')[0]}"
    )
    for version, client in CLIENTS.items()
    for operation in client.operations
    if "GET" in operation.methods
}


@pytest.mark.parametrize(("version", "operation"), OPERATIONS.values())
async def test_the_least_permission_suffices_and_none_does_not(
    served: Emulator, version: str, operation: Operation
) -> None:
    (user, *_) = served.dataset.organizers
    permissions = operation.permissions
    for token, suffices in (
        (served.application_token(*permissions.application[:1]), bool(permissions.application)),
        (served.user_token(user, *permissions.delegated[:1]), bool(permissions.delegated)),
        (served.application_token(), False),
        (served.user_token(user), False),
    ):
        if suffices:
            assert await ask(served, version, operation, token)
        else:
            with pytest.raises((AccessDenied, BadRequest)) as caught:
                await ask(served, version, operation, token)
            assert caught.value.hint
