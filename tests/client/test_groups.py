"""Users, and those of a group, found through their builders, over a socket."""

import pytest

from graph_meetings import GraphMeetingsClient, NotFound, User
from graph_meetings_emulator import Emulator
from tests.client.conftest import PATIENT


async def test_the_users_of_a_group_are_listed_over_hundreds_of_pages(emulator: Emulator) -> None:
    dataset = emulator.dataset
    for _ in range(250):
        dataset.add_organizer()
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=PATIENT) as graph:
        members = graph.groups.by_group_id(dataset.add_group()).transitive_members.graph_user
        found = [user async for user in members.list(select=[User.id, User.display_name], top=1)]
    assert [user.id for user in found] == [*dataset.organizers]
    assert all(user.display_name for user in found)
    requests = [request for request in emulator.requests if "/groups/" in request.target]
    assert len(requests) >= 250
    assert {request.headers.get("consistencylevel") for request in requests} == {"eventual"}


async def test_users_are_listed_over_hundreds_of_pages(emulator: Emulator) -> None:
    for _ in range(250):
        emulator.dataset.add_organizer()
    wanted = [user for user in emulator.dataset.descendants((), "users") if str(user["surname"]) != "Silva"]
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=PATIENT) as graph:
        users = graph.users.list(
            select=[User.id, User.user_principal_name],
            filter=User.surname != "Silva",
            count=True,
            headers={"ConsistencyLevel": "eventual"},
            top=1,
        )
        found = [(user.id, user.user_principal_name) async for user in users]
    assert found == [(user["id"], user["userPrincipalName"]) for user in wanted]
    assert len(emulator.requests) >= len(wanted) > 200


async def test_the_first_page_counts_the_users(emulator: Emulator) -> None:
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=PATIENT) as graph:
        members = graph.groups.by_group_id(emulator.dataset.groups[0]).transitive_members.graph_user
        page = await members.get(top=1, filter=User.display_name != "Nobody", headers={"ConsistencyLevel": "eventual"})
        assert page.odata_count == len(emulator.dataset.organizers)
        assert page.odata_next_link is not None
        again = await members.with_url(page.odata_next_link).get()
    assert [user.id for user in again.value] == [emulator.dataset.organizers[1]]
    assert emulator.requests[-1].headers["consistencylevel"] == "eventual"


async def test_an_unknown_group_is_not_found(emulator: Emulator) -> None:
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=PATIENT) as graph:
        with pytest.raises(NotFound):
            await graph.groups.by_group_id("nobody").transitive_members.graph_user.get()


async def test_a_page_of_another_path_is_no_advanced_query(emulator: Emulator) -> None:
    async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url, retry=PATIENT) as graph:
        await graph.users.get()
    assert "consistencylevel" not in emulator.requests[-1].headers
    assert "count" not in emulator.requests[-1].target
