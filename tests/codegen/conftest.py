"""What the tests of the generator share."""

from collections.abc import Iterator
from functools import cache

import pytest

from codegen.blocking.twin import twins


@pytest.fixture(scope="session", autouse=True)
def twins_are_made_once() -> Iterator[None]:
    """Make the blocking twins once: no test changes their sources, and most are about other output."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("codegen.write.generate.twins", cache(twins))
        yield
