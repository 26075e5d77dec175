from urllib.parse import quote

import pytest

from tests.emulator.support import Site, ids


def found(site: Site, search: str) -> list[str]:
    return ids(site.items(f"/users?$search={quote(search)}", consistencylevel="eventual"))


def test_users_are_listed_page_by_page(site: Site) -> None:
    for _ in range(10):
        site.emulator.dataset.add_organizer()
    assert [len(page["value"]) for page in site.pages("/users")] == [5, 5, 2]
    assert tuple(ids(site.items("/users"))) == site.emulator.dataset.organizers


def test_a_user_is_found_by_id_and_as_me(shared: Site) -> None:
    user = shared.json(f"/users/{shared.organizer}")
    assert user["mail"] == user["userPrincipalName"]
    assert user == shared.json("/me")
    assert user["@odata.context"].endswith("/$metadata#users/$entity")


def test_a_user_is_found_by_principal_name_whatever_its_case(shared: Site) -> None:
    user = shared.json(f"/users/{shared.organizer}")
    assert shared.json(f"/users/{user['userPrincipalName'].upper()}")["id"] == shared.organizer
    shared.refused("/users/nobody@lakeshore.example", 404, "itemNotFound")


def test_a_search_compares_the_beginnings_of_words(site: Site) -> None:
    add = site.emulator.dataset.add
    add(("users",), {"id": "1", "displayName": "Anna-Lena Brandl", "mail": "al@lakeshore.example"})
    add(("users",), {"id": "2", "displayName": "Zoë Brandt", "mail": None})
    assert {"1", "2"} <= set(found(site, '"displayName:brand"'))
    assert found(site, '"displayName:brandt" AND "displayName:zoë"') == ["2"]
    assert found(site, '"displayName:brandt" OR "mail:al@lakeshore"') == ["1", "2"]
    assert found(site, '"displayName:randl"') == []


@pytest.mark.parametrize("search", ["ann", '"ann"', '"displayName:"', '"nothing:ann"'])
def test_a_malformed_search_is_refused(shared: Site, search: str) -> None:
    response = shared.get(f"/users?$search={quote(search)}", consistencylevel="eventual")
    assert response.status_code == 400


def test_a_search_without_the_header_is_refused(shared: Site) -> None:
    search = quote('"displayName:a"')
    shared.refused(f"/users?$search={search}", 400, "Request_UnsupportedQuery")
