from collections.abc import Iterator

import pytest

from tests.emulator.support import Site, running


@pytest.fixture
def site() -> Iterator[Site]:
    with running(page_size=5) as site:
        yield site


@pytest.fixture(scope="session")
def shared() -> Iterator[Site]:
    """One emulator for all tests that only read."""
    with running(page_size=5) as site:
        yield site
