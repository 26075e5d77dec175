from pathlib import Path

import pytest

from tests.release.support import PASSWORD, USER, clone_to
from tools.release.repository import Repository


@pytest.fixture
def clone(tmp_path: Path) -> Repository:
    return clone_to(tmp_path / "clone")


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWINE_USERNAME", USER)
    monkeypatch.setenv("TWINE_PASSWORD", PASSWORD)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
