"""Subscriptions are listed, created, renewed and deleted, and what is wrong is said in words."""

import json
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph_meetings_archive.command.notifications.resources import described, longest_life, resource_of
from graph_meetings_archive.command.output.columns import handle_of
from graph_meetings_emulator import Emulator
from graph_meetings_emulator.faults import Moment, Reset
from graph_meetings_notifications import CallRecords, Certificates, Inbox, Receiver, Recordings, Transcripts
from tests.command.conftest import Run
from tests.support.asgi_server import serving


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.folder(tmp_path_factory.mktemp("keys") / "certs")


@pytest.fixture(scope="module")
def url(certificates: Certificates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An endpoint that answers the handshake."""
    with (
        Inbox(tmp_path_factory.mktemp("inbox") / "inbox.db") as inbox,
        serving(Receiver(certificates, app_ids={"an-app"}, inbox=inbox).asgi()) as origin,
    ):
        yield f"{origin}/graph"


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def life_of(row: dict[str, object]) -> timedelta:
    return datetime.fromisoformat(str(row["expiration_date_time"])) - datetime.now(UTC)


def test_a_subscription_is_created_listed_renewed_and_deleted(
    run: Run, emulator: Emulator, url: str, certificates: Certificates
) -> None:
    where = ["--url", url, "--certificates", str(certificates.path)]
    (created,) = rows(run("subscriptions", "create", "recordings", *where, "--life", "2h", "--emulator").out)
    assert created["resource"] == Recordings.of_tenant().path
    assert created["lifecycle_notification_url"] == created["notification_url"] == url
    assert created["encryption_certificate_id"] == certificates.current.id
    assert life_of(created) < timedelta(hours=3)
    assert rows(run("subscriptions", "list", "--emulator").out) == [created]

    (renewed,) = rows(run("subscriptions", "renew", handle_of(str(created["id"])), "--emulator").out)
    assert renewed["id"] == created["id"]
    assert timedelta(minutes=4_310) < life_of(renewed) <= timedelta(minutes=4_321)

    assert rows(run("subscriptions", "delete", str(created["id"]), "--emulator").out) == [renewed]
    assert not emulator.subscriptions.registered


def test_a_table_fits_80_columns_and_says_whose(run: Run, emulator: Emulator, url: str, tmp_path: Path) -> None:
    state = ["--client-state-file", str(tmp_path / "state"), "--emulator", "--url", url]
    organizer = emulator.dataset.organizers[0]
    name = str(emulator.dataset.find(("users", organizer)).properties["userPrincipalName"])
    assert run("subscriptions", "create", "transcripts", "--user", name, *state).status == 0
    assert run("subscriptions", "create", "call-records", *state).status == 0
    ran = run("subscriptions", "list", "--emulator", "--format", "table")
    assert max(map(len, ran.out.splitlines())) <= 80
    assert f"transcripts of user {organizer[:8]}" in ran.out
    assert "call records of the tenant" in ran.out


def test_a_meeting_is_named_by_its_url(run: Run, emulator: Emulator, url: str, tmp_path: Path) -> None:
    organizer = emulator.dataset.organizers[0]
    meeting = emulator.dataset.meetings(organizer)[0]
    join_url = str(emulator.dataset.find(("users", organizer, "onlineMeetings", meeting)).properties["joinWebUrl"])
    state = ["--client-state-file", str(tmp_path / "state"), "--emulator", "--url", url]
    ran = run("subscriptions", "create", "recordings", "--user", organizer, "--meeting", join_url, *state)
    assert rows(ran.out)[0]["resource"] == Recordings.of_meeting(meeting).path


def test_a_client_state_is_made_once_for_its_owner_and_never_printed(
    run: Run, emulator: Emulator, url: str, tmp_path: Path
) -> None:
    file = tmp_path / "state"
    arguments = ["--client-state-file", str(file), "--emulator", "--url", url, "--log-level", "debug"]
    printed = "".join(
        ran.out + ran.err
        for word in ("recordings", "call-records")
        for ran in [run("subscriptions", "create", word, *arguments)]
    )
    state = file.read_text()
    assert [each.properties["clientState"] for each in emulator.subscriptions.registered] == [state, state]
    assert len(state) >= 32
    assert state not in printed
    assert os.name == "nt" or stat.S_IMODE(file.stat().st_mode) == 0o600


def test_all_are_renewed_unless_some_are_named(run: Run, emulator: Emulator, url: str, tmp_path: Path) -> None:
    state = ["--client-state-file", str(tmp_path / "state"), "--emulator", "--url", url, "--life", "1h"]
    for word in ("recordings", "call-records"):
        assert run("subscriptions", "create", word, *state).status == 0
    lives = sorted(life_of(row) for row in rows(run("subscriptions", "renew", "--emulator").out))
    assert lives == [pytest.approx(timedelta(minutes=minutes), abs=timedelta(minutes=9)) for minutes in (4_230, 4_320)]
    first, second = emulator.subscriptions.registered
    emulator.fail_next(403, path=first.id)
    ran = run("subscriptions", "renew", "--emulator", "--life", "2h")
    assert (ran.status, [row["id"] for row in rows(ran.out)]) == (1, [second.id])
    assert f"error: {first.id}: 403" in ran.err


def test_a_subscription_without_a_lifecycle_url_is_renewed_for_an_hour(run: Run, emulator: Emulator, url: str) -> None:
    body = {
        "changeType": "created",
        "resource": Recordings.of_tenant().path,
        "notificationUrl": url,
        "expirationDateTime": (datetime.now(UTC) + timedelta(minutes=50)).isoformat(),
    }
    emulator.subscriptions.create(dict(body), emulator.token)
    (row,) = rows(run("subscriptions", "renew", "--emulator").out)
    assert timedelta(minutes=55) < life_of(row) < timedelta(minutes=65)


@pytest.mark.usefixtures("emulator")
@pytest.mark.parametrize(
    ("arguments", "status", "message", "hint"),
    [
        (["create", "recordings", "--url", "https://a.example"], 2, "nothing would prove", "--client-state-file"),
        (["create", "recordings"], 2, "--url", "subscriptions create --help"),
        (["create", "videos", "--url", "https://a.example"], 2, "Choose from", "--help"),
        (["create", "call-records", "--url", "u", "--user", "me"], 2, "id of the user", "--user ID"),
        (["create", "call-records", "--url", "u", "--meeting", "m"], 2, "about the whole tenant", "--meeting"),
        (["create", "call-records", "--url", "u", "--certificates", "c"], 2, "do not contain", "--client-state-file"),
        (["create", "adhoc-recordings", "--url", "u", "--meeting", "m"], 2, "has no meeting", "--meeting"),
        (["create", "recordings", "--url", "u", "--meeting", "a/b"], 2, "a/b", ""),
        (["create", "recordings", "--url", "u", "--life", "long"], 2, "not a span of time", "12h"),
        (["delete"], 2, "no subscription to delete", "subscriptions list"),
        (["delete", "0123456789ab"], 1, "no subscription 0123456789ab", "subscriptions list"),
        (["renew", "nothing"], 1, "no subscription nothing", "may have ended"),
    ],
)
def test_wrong_use_is_said_in_words(
    run: Run,
    arguments: list[str],
    status: int,
    message: str,
    hint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("subscriptions", *arguments, "--emulator")
    assert (ran.status, ran.out) == (status, "")
    assert message in ran.err
    assert hint in ran.err


def test_what_the_service_refuses_is_said_with_what_to_do(
    run: Run, emulator: Emulator, url: str, tmp_path: Path
) -> None:
    state = ["--client-state-file", str(tmp_path / "state"), "--emulator"]
    unheard = run("subscriptions", "create", "recordings", *state, "--url", "http://127.0.0.1:9/")
    assert (unheard.status, unheard.out) == (1, "")
    assert "validation request failed" in unheard.err
    assert "hint: " in unheard.err
    emulator.subscriptions.quotas.of_teams = 0
    full = run("subscriptions", "create", "recordings", *state, "--url", url)
    assert full.status == 1
    assert "quota of subscriptions is reached" in full.err


def test_a_lost_answer_says_that_the_subscription_may_be_there(
    run: Run, emulator: Emulator, url: str, tmp_path: Path
) -> None:
    emulator.inject(Reset(Moment.BEFORE_HEADERS), path="/subscriptions")
    state = ["--client-state-file", str(tmp_path / "state"), "--emulator", "--url", url]
    ran = run("subscriptions", "create", "recordings", *state)
    assert (ran.status, ran.out) == (1, "")
    assert "may exist anyway" in ran.err
    assert len(rows(run("subscriptions", "list", "--emulator").out)) == 1


@pytest.mark.parametrize("file_content", ["", "x" * 129], ids=["empty", "longer than the service accepts"])
@pytest.mark.usefixtures("emulator")
def test_a_client_state_that_cannot_be_one_is_said(run: Run, tmp_path: Path, file_content: str) -> None:
    file = tmp_path / "state"
    file.write_text(file_content)
    ran = run("subscriptions", "create", "recordings", "--emulator", "--url", "u", "--client-state-file", str(file))
    assert (ran.status, ran.out) == (2, "")
    assert "a client state has 1 to 128" in ran.err
    missing = ["--client-state-file", str(tmp_path / "none" / "state")]
    assert (
        "cannot read or make" in run("subscriptions", "create", "recordings", "--emulator", "--url", "u", *missing).err
    )


def test_every_resource_has_words_and_a_longest_life() -> None:
    user, meeting = "8b081ef6-4792-4def-b2c9-c363a1bf41d5", "MSo1N"
    texts = {
        Recordings.of_tenant(): "recordings of the tenant",
        Transcripts.of_user(user): f"transcripts of user {user}",
        Recordings.of_meeting(meeting): f"recordings of meeting {meeting}",
        Transcripts.of_adhoc_calls(): "ad hoc transcripts of the tenant",
        Recordings.of_adhoc_calls_of_user(user): f"ad hoc recordings of user {user}",
        Transcripts.of_adhoc_call("c"): "ad hoc transcripts of call c",
        CallRecords.of_tenant(): "call records of the tenant",
    }
    assert {resource: described(resource.path) for resource in texts} == texts
    assert all(longest_life(f"/{each.path}") == each.longest_life for each in texts)
    assert longest_life("solutions/virtualEvents/events") == timedelta(days=1)
    assert longest_life("users") is None
    assert described("users") == "users"
    assert resource_of("adhoc-transcripts", user) == Transcripts.of_adhoc_calls_of_user(user)
