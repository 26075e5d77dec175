import pytest

from tests.emulator.support import Site, ids

ADVANCED = {"consistencylevel": "eventual"}


def members_of(group: str) -> str:
    return f"/groups/{group}/transitiveMembers/microsoft.graph.user"


def test_a_cast_leaves_out_members_that_are_no_users(site: Site) -> None:
    dataset = site.emulator.dataset
    assert len(dataset.ids(("groups", dataset.groups[0], "transitiveMembers"))) == len(dataset.organizers) + 2
    members = site.json(f"{members_of(dataset.groups[0])}?$count=true", **ADVANCED)
    assert ids(members["value"]) == [*dataset.organizers]
    assert members["@odata.count"] == len(dataset.organizers)
    assert members["@odata.context"].endswith("/$metadata#users")
    assert "@odata.type" not in members["value"][0]


def test_a_group_has_the_members_that_it_was_given(site: Site) -> None:
    dataset = site.emulator.dataset
    last = dataset.organizers[-1]
    assert ids(site.items(f"{members_of(dataset.add_group([last]))}?$count=true", **ADVANCED)) == [last]
    assert site.items(f"{members_of(dataset.add_group([]))}?$count=true", **ADVANCED) == []


def test_the_alias_of_the_namespace_is_understood(shared: Site) -> None:
    path = members_of(shared.emulator.dataset.groups[0])
    short = path.replace("microsoft.graph.user", "graph.user")
    assert shared.items(f"{short}?$count=true", **ADVANCED) == shared.items(f"{path}?$count=true", **ADVANCED)


@pytest.mark.parametrize(("query", "headers"), [("", ADVANCED), ("?$count=true", {}), ("?$count=false", ADVANCED)])
def test_a_cast_is_an_advanced_query(shared: Site, query: str, headers: dict[str, str]) -> None:
    response = shared.get(members_of(shared.emulator.dataset.groups[0]) + query, **headers)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "Request_UnsupportedQuery"


def test_the_header_is_needed_on_each_page(site: Site) -> None:
    for _ in range(10):
        site.emulator.dataset.add_organizer()
    path = members_of(site.emulator.dataset.add_group())
    link = site.json(f"{path}?$count=true", **ADVANCED)["@odata.nextLink"]
    assert site.get(link).status_code == 400
    assert site.get(link, **ADVANCED).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "$filter=endswith(mail,'x')",
        "$filter=not(mail eq 'x')",
        "$filter=mail ne 'x'",
        "$filter=startswith(mail,'x')&$orderby=displayName",
    ],
)
def test_some_options_of_users_make_an_advanced_query(shared: Site, query: str) -> None:
    shared.refused(f"/users?{query}", 400, "Request_UnsupportedQuery")
    assert shared.get(f"/users?{query}", **ADVANCED).status_code == 400
    assert shared.get(f"/users?{query}&$count=true", **ADVANCED).status_code == 200


def test_a_page_of_users_has_at_most_999(shared: Site) -> None:
    assert "Invalid page size" in shared.refused("/users?$top=1000", 400, "Request_UnsupportedQuery")
    assert shared.json("/users?$top=999")["value"]


def test_other_types_of_members_are_not_served(shared: Site) -> None:
    group = shared.emulator.dataset.groups[0]
    for path in (f"/groups/{group}", f"/groups/{group}/transitiveMembers", f"{members_of(group)[:-4]}device"):
        assert "Resource not found for the segment" in shared.refused(path)
