from urllib.parse import quote

import pytest

from tests.emulator.support import Json, Site, ids

EVENTS = "/solutions/virtualEvents"
KINDS = pytest.mark.parametrize("kind", ["webinars", "townhalls"])


def event(site: Site, kind: str) -> Json:
    return dict(site.items(f"{EVENTS}/{kind}")[0])


@KINDS
def test_a_user_finds_the_events_that_they_organize(site: Site, kind: str) -> None:
    first, second = site.emulator.dataset.organizers
    added = site.emulator.dataset.add_virtual_event(kind, organizer_id=second)
    for organizer, expected in ((first, event(site, kind)["id"]), (second, added), ("nobody", None)):
        path = f"{EVENTS}/{kind}/getByUserIdAndRole(userId='{organizer}',role='organizer')"
        assert ids(site.items(path)) == ([expected] if expected else [])
    assert ids(site.items(f"{EVENTS}/{kind}/getByUserRole(role='organizer')")) == [event(site, kind)["id"]]


@KINDS
def test_a_user_finds_the_events_that_they_organize_with_others(shared: Site, kind: str) -> None:
    found = event(shared, kind)
    other = found["coOrganizers"][0]["id"]
    path = f"{EVENTS}/{kind}/getByUserIdAndRole(userId='{other}',role='{{}}')"
    assert ids(shared.items(path.format("coOrganizer"))) == [found["id"]]
    assert shared.items(path.format("organizer")) == []
    assert shared.items(f"{EVENTS}/{kind}/getByUserRole(role='coOrganizer')") == []


def test_a_role_that_there_is_not_is_refused(shared: Site) -> None:
    path = f"{EVENTS}/webinars/getByUserRole(role='attendee')"
    assert shared.refused(path) == "The role must be one of organizer, coOrganizer."


def test_an_app_sees_only_events_whose_organizer_has_an_access_policy(site: Site) -> None:
    first, second = site.emulator.dataset.organizers
    added = site.emulator.dataset.add_virtual_event(organizer_id=second)
    site.emulator.tenant.access_policy_missing_for.add(first)
    assert ids(site.items(f"{EVENTS}/webinars")) == [added]
    assert ids(site.items(f"{EVENTS}/events")) == [added]
    assert site.items(f"{EVENTS}/webinars/getByUserIdAndRole(userId='{first}',role='organizer')") == []
    assert site.items(f"{EVENTS}/webinars/getByUserRole(role='organizer')") != []


def test_events_state_their_type(shared: Site) -> None:
    types = {"#microsoft.graph.virtualEventWebinar", "#microsoft.graph.virtualEventTownhall"}
    assert {found["@odata.type"] for found in shared.items(f"{EVENTS}/events")} == types


def test_a_list_of_sessions_shows_less_than_a_session(shared: Site) -> None:
    sessions = f"{EVENTS}/webinars/{event(shared, 'webinars')['id']}/sessions"
    (listed,) = shared.items(sessions)
    assert set(listed) == {"id", "endDateTime", "joinWebUrl", "startDateTime", "subject"}
    whole = shared.json(f"{sessions}/{listed['id']}")
    assert listed.items() <= whole.items()
    assert whole["capacity"] == 1_000


@KINDS
def test_whoever_attended_registered(shared: Site, kind: str) -> None:
    path = f"{EVENTS}/{kind}/{event(shared, kind)['id']}"
    session = f"{path}/sessions/{shared.items(f'{path}/sessions')[0]['id']}"
    report = f"{session}/attendanceReports/{shared.items(f'{session}/attendanceReports')[0]['id']}"
    attended = {record["registrationId"] for record in shared.items(f"{report}/attendanceRecords")} - {None}
    assert set(ids(shared.items(f"{path}/registrations"))) == attended


def test_beta_finds_the_registration_of_one_person(shared: Site) -> None:
    path = f"{EVENTS}/webinars/{event(shared, 'webinars')['id']}/registrations"
    registration = shared.items(path)[0]
    condition = quote(f"email eq '{registration['email']}'")
    assert ids(shared.items(shared.beta(f"{path}?$filter={condition}"))) == [registration["id"]]


def test_only_the_presenters_of_webinars_have_details(shared: Site) -> None:
    for kind, has_details in (("webinars", True), ("townhalls", False)):
        presenters = shared.items(f"{EVENTS}/{kind}/{event(shared, kind)['id']}/presenters")
        assert [presenter["presenterDetails"] is not None for presenter in presenters] == [has_details] * 2
