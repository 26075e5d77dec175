import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="module")
def _collect_no_garbage() -> Iterator[None]:
    """Measure without collecting garbage first: in a process that holds all tests, that takes most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "collect", _collect_nothing)
        yield
    gc.freeze()  # what collection made, which each measurement unfreezes


def _collect_nothing(_generation: int = 2) -> int:
    return 0
