"""A webhook that saves each new recording as soon as the service says that it is there.

    python notified_recordings.py

Without a tenant, the emulator records somebody every two seconds. Ctrl-C ends it.
"""

import asyncio
import socket
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import uvicorn
from azure.identity.aio import DefaultAzureCredential

from graph_meetings import GraphMeetingsClient
from graph_meetings_emulator import Emulator
from graph_meetings_notifications import (
    Certificates,
    Event,
    Inbox,
    Receiver,
    RecordingCreated,
    Recordings,
    SigningKeys,
    SubscriptionKeeper,
    SubscriptionNotice,
    reconcile_regularly,
)

STORE = "notifications.db"
VIDEOS = Path("videos")


async def save_new_recordings(  # noqa: PLR0913  by keyword
    graph: GraphMeetingsClient,
    *,
    listener: socket.socket,
    url: str,
    app_id: str,
    tenant_id: str,
    organizers: Iterable[str],
    signing_keys: SigningKeys | None = None,
) -> None:
    """Subscribe, receive, look for what was missed, and save, until it is cancelled."""
    VIDEOS.mkdir(exist_ok=True)
    keys = Certificates.folder("certs")
    with (
        Inbox(STORE) as inbox,
        SubscriptionKeeper(graph, [Recordings.of_tenant()], url, store=STORE, keys=keys) as keeper,
    ):
        receiver = Receiver(
            keys,
            app_ids={app_id},
            tenants={tenant_id},
            client_states=keeper.client_states,
            inbox=inbox,
            signing_keys=signing_keys,
        )

        async def handle(event: Event) -> None:
            match event:
                case RecordingCreated(recording=recording):
                    summary = await graph.download_many([recording], VIDEOS)  # skips what is there
                    for error in (outcome.error for outcome in summary.failed if outcome.error):
                        raise error  # so that the event comes again
                    print("saved", recording.id)
                case SubscriptionNotice():
                    keeper.note(event)
                case _:  # of what was not subscribed to
                    pass

        server = uvicorn.Server(uvicorn.Config(receiver.asgi(), log_level="warning"))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve([listener]))
            tasks.create_task(keeper.keep())
            tasks.create_task(
                reconcile_regularly(graph, keeper, inbox=inbox, tenant_id=tenant_id, organizers=organizers)
            )
            tasks.create_task(inbox.deliver(handle))


async def with_tenant() -> None:
    """Receive behind a proxy that passes `https://notify.example/graph` on to port 8000."""
    with socket.create_server(("127.0.0.1", 8000)) as listener:
        async with DefaultAzureCredential() as credential, GraphMeetingsClient(credential) as graph:
            await save_new_recordings(
                graph,
                listener=listener,
                url="https://notify.example/graph",
                app_id="11111111-2222-4333-8444-555555555555",
                tenant_id="99999999-8888-4777-8666-555555555555",
                organizers=["00000000-0000-0000-0000-000000000000"],  # whose recordings to look for, if one is missed
            )


async def with_emulator() -> None:
    """Receive from the emulator, on any free port."""
    with Emulator() as emulator, socket.create_server(("127.0.0.1", 0)) as listener:
        data = emulator.dataset
        async with (
            GraphMeetingsClient(emulator.credential, base_url=emulator.base_url) as graph,
            asyncio.TaskGroup() as tasks,
        ):
            receiving = save_new_recordings(
                graph,
                listener=listener,
                url=f"http://127.0.0.1:{listener.getsockname()[1]}/",
                app_id=emulator.app_id,
                tenant_id=data.tenant_id,
                organizers=data.organizers,
                signing_keys=SigningKeys(url=emulator.key_set_url),
            )
            tasks.create_task(receiving)
            while True:
                await asyncio.sleep(2)
                created = [data.add_recording(data.organizers[0])]
                await asyncio.to_thread(emulator.notifications.notify, "recordings", created)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(with_emulator())
