"""Processes that are killed at any moment lose nothing and handle nothing twice; `make soak` has two hundred kills."""

from pathlib import Path

import pytest

from graph_meetings_emulator import Dataset, Emulator
from tests.support.notified import Scene


@pytest.mark.long
def test_everything_is_handled_once_despite_kills_losses_lapses_and_expirations(tmp_path: Path) -> None:
    data = Dataset.generate(until="2026-01-01T00:00:00Z", organizers=2, meetings=1, recordings=1)
    with Emulator(data) as emulator:
        scene = Scene(emulator, tmp_path, seed=1, has_second=True)
        scene.run(kills=3, longest=0.3)
    assert scene.sent < len(scene.expected)
    assert scene.sent
