"""The programs of the cookbook run as they are, with the real libraries, and each is shown on a page."""

import asyncio
import json
import os
import re
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import azure.identity.aio
import httpx
import pytest

from graph_meetings import AuthenticationFailed, Cloud
from graph_meetings_emulator import Emulator, EmulatorCredential
from tests.support.asgi_server import serving
from tools.docs_hooks import COOKBOOK, PROGRAM, on_page_markdown

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SECONDS = 60

T = TypeVar("T")


def program(name: str) -> dict[str, Any]:
    """Run a program in this process, in the current folder, and return its names."""
    return runpy.run_path(str(COOKBOOK / f"{name}.py"), run_name=name)


def test_each_program_is_shown_on_a_page() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in DOCS.glob("*.md"))
    assert sorted(PROGRAM.findall(pages)) == sorted(path.name for path in COOKBOOK.glob("*.py"))
    shown = on_page_markdown(pages)
    assert all(path.read_text(encoding="utf-8") in shown for path in COOKBOOK.glob("*.py"))


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def videos(service: httpx.Client) -> Iterator[str]:
    """Return the paths of the videos of the first organizer."""
    organizer = service.get("/organizers").json()[0]
    for recording in service.get(f"/organizers/{organizer}/recordings").json():
        assert datetime.fromisoformat(recording["created_date_time"]) < datetime.fromisoformat(
            recording["end_date_time"]
        )
        yield f"/organizers/{organizer}/meetings/{recording['meeting_id']}/recordings/{recording['id']}/video"


def test_a_service_with_fastapi_lists_recordings_and_passes_videos_on() -> None:
    app = program("fastapi_service")["app"]
    with serving(app) as origin, httpx.Client(base_url=origin) as service:
        first, *others = videos(service)
        assert len(others) == 11
        answer = service.get(first)
        assert answer.headers["Content-Type"] == "video/mp4"
        assert int(answer.headers["Content-Length"]) == len(answer.content) > 100_000
        missing = service.get(re.sub("recordings/.*/", "recordings/none/", first))
        assert (missing.status_code, missing.json()) == (400, {"error": "BadRequest", "code": "BadRequest"})
        unknown = service.get("/organizers/none/recordings")
        assert (unknown.status_code, unknown.json()) == (404, {"error": "NotFound", "code": "itemNotFound"})
        properties = service.get("/openapi.json").json()["components"]["schemas"]["Recording"]["properties"]
        assert list(properties) == ["id", "meeting_id", "created_date_time", "end_date_time"]


def test_a_service_with_fastapi_has_the_client_of_a_tenant(monkeypatch: pytest.MonkeyPatch) -> None:
    names = program("fastapi_service")
    page = (DOCS / "fastapi.md").read_text(encoding="utf-8")
    (with_tenant,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    with Emulator() as emulator:

        def signed_in() -> EmulatorCredential:
            return emulator.credential

        monkeypatch.setattr(azure.identity.aio, "DefaultAzureCredential", signed_in)
        monkeypatch.setattr(Cloud.GLOBAL, "root", emulator.origin)
        exec(with_tenant, names)  # noqa: S102  a page of this repository
        names["app"].router.lifespan_context = names["lifespan"]
        with serving(names["app"]) as origin, httpx.Client(base_url=origin) as service:
            assert len(list(videos(service))) == 12
        assert emulator.requests


async def test_an_azure_function_saves_the_calls_of_yesterday() -> None:
    names = program("function_app")
    (function,) = names["app"].get_functions()
    bindings = {binding["type"]: binding for binding in json.loads(str(function))["bindings"]}
    assert bindings["timerTrigger"]["schedule"] == "0 0 6 * * *"
    assert bindings["blob"]["path"] == "calls/{DateTime}.jsonl"
    written: list[str] = []

    class Blob:
        set = written.append

    async with asyncio.timeout(SECONDS):
        await function.get_user_function()(None, Blob)
        await names["graph"].close()
    names["emulator"].stop()
    calls = [json.loads(line) for line in written[0].splitlines()]
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    assert calls
    assert {datetime.fromisoformat(call["start_date_time"]).date() for call in calls} == {yesterday}


def run(name: str) -> str:
    """Run a program in a process of its own, and return what it prints."""
    command = [sys.executable, "-W", "error", str(COOKBOOK / f"{name}.py")]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS)
    assert not done.stderr
    return done.stdout


def test_spans_are_those_that_the_page_shows(in_folder: Path) -> None:
    lines = run("opentelemetry_spans").splitlines()
    page = (DOCS / "opentelemetry.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```text\n(.*?)\n```$", page, re.MULTILINE | re.DOTALL)
    assert without_port("\n".join(lines[:7])) == without_port(shown)
    assert lines[-1] == "recordings of everybody"
    assert list(in_folder.iterdir()) == []


def without_port(line: str) -> str:
    return re.sub(r"(?<=server.port = )\d+", "", line)


def test_workers_of_celery_save_the_recordings_of_everybody(in_folder: Path) -> None:
    pytest.importorskip("celery", reason="celery is not installed")
    command = [sys.executable, "-m", "celery", "--app", "celery_tasks", "worker", "--loglevel", "INFO"]
    environment = {**os.environ, "PYTHONPATH": str(COOKBOOK), "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(
        [*command, "--concurrency", "2", "--without-gossip", "--without-mingle"],
        env=environment,
        text=True,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    ) as worker:
        watchdog = threading.Timer(SECONDS, os.killpg, (worker.pid, signal.SIGKILL))
        watchdog.start()
        try:
            assert worker.stderr
            run("celery_tasks")
            saved = islice((line for line in worker.stderr if "12 saved, 0 there already" in line), 2)
            assert len(list(saved)) == 2
        finally:
            watchdog.cancel()
            os.killpg(worker.pid, signal.SIGKILL)  # told to stop, it takes seven seconds
    assert len(list((in_folder / "videos").glob("*.mp4"))) == 24


def same(function: T) -> T:
    return function


def test_a_webhook_saves_each_new_recording_until_ctrl_c(in_folder: Path) -> None:
    command = [sys.executable, "-W", "error", "-u", str(COOKBOOK / "notified_recordings.py")]
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as webhook:
        watchdog = threading.Timer(SECONDS, webhook.kill)
        watchdog.start()
        assert webhook.stdout
        try:
            assert webhook.stdout.readline().startswith("saved ")
            webhook.send_signal(signal.SIGINT)
            rest = webhook.stdout.read()
        finally:
            webhook.kill()
            watchdog.cancel()
    assert (webhook.returncode, "Error" in rest) == (0, False), rest
    assert list((in_folder / "videos").glob("*.mp4"))


class Failed(Exception):
    """Stands for Airflow's exception."""


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch, in_folder: Path) -> dict[str, Any]:
    """Return the functions of the DAG; decorators in place of Airflow's leave them as they are."""
    del in_folder
    found: dict[str, Any] = {}

    def task(function: Callable[[], object]) -> Callable[[], int]:
        found[function.__name__] = function
        return int  # whose results take `>>`, as Airflow's do

    def dag(**_: object) -> Callable[[T], T]:
        return same

    sdk, exceptions = ModuleType("airflow.sdk"), ModuleType("airflow.sdk.exceptions")
    vars(sdk).update(dag=dag, task=task)
    vars(exceptions).update(AirflowFailException=Failed)
    for module in (ModuleType("airflow"), sdk, exceptions):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return program("airflow_dag") | found


def test_tasks_of_the_dag_archive_and_report(tasks: dict[str, Any], in_folder: Path) -> None:
    for _ in range(2):
        tasks["archive"]()
    assert tasks["report"]() == "meetings/bad-calls.csv"
    headings, *rows = (in_folder / "meetings" / "bad-calls.csv").read_text().splitlines()
    assert headings == "caller_network_subnet,streams,loss"
    assert rows


def test_a_task_that_cannot_sign_in_is_not_tried_again(tasks: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> None:
        raise AuthenticationFailed("the secret has expired")

    monkeypatch.setitem(tasks["archive"].__globals__, "opened_client", refused)
    with pytest.raises(Failed, match="the secret has expired"):
        tasks["archive"]()


def test_airflow_runs_the_dag(tmp_path: Path) -> None:
    python = os.environ.get("AIRFLOW_PYTHON")
    if not python:
        pytest.skip("set AIRFLOW_PYTHON to the Python of an environment with apache-airflow and graph-meetings")
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__DAGS_FOLDER": str(COOKBOOK),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    for arguments in (["db", "migrate"], ["dags", "test", "meetings"]):
        command = [python, "-m", "airflow", *arguments]
        subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=2 * SECONDS)
    assert (tmp_path / "meetings" / "bad-calls.csv").exists()
