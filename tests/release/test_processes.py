"""Programs that a release runs."""

import sys
from pathlib import Path

import pytest

from tests.release.support import PASSWORD
from tools.release import publish
from tools.release.build import Distribution
from tools.release.errors import ReleaseError
from tools.release.index import Credentials, Index
from tools.release.processes import Result, outcome, run

_PRINT_ENVIRONMENT = [sys.executable, "-c", "import os; print(dict(os.environ))"]


@pytest.mark.usefixtures("credentials")
def test_a_program_does_not_inherit_the_credentials_for_uploading(tmp_path: Path) -> None:
    printed = run(_PRINT_ENVIRONMENT, tmp_path)
    assert "PATH" in printed
    assert PASSWORD not in printed
    assert "TWINE_" not in printed


def test_only_the_upload_gets_the_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environments: list[object] = []

    def recorded(command: list[object], folder: Path, environment: dict[str, str]) -> Result:
        assert {"twine", "upload"} <= set(command)
        assert folder == tmp_path
        environments.append(environment)
        return Result(0, "", "")

    monkeypatch.setattr(publish, "outcome", recorded)
    distribution = Distribution(tmp_path / "x.whl", tmp_path / "x.tar.gz")
    publish.upload(distribution, Index("https://host/"), Credentials("someone", PASSWORD))
    assert environments == [{"TWINE_USERNAME": "someone", "TWINE_PASSWORD": PASSWORD}]


def test_a_program_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="no-such-program: command not found"):
        outcome(["no-such-program"], tmp_path)


def test_a_program_that_fails_shows_what_it_printed(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"(?s)failed with status 3 in .*too bad"):
        run([sys.executable, "-c", "print('too bad'); raise SystemExit(3)"], tmp_path)
