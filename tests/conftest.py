"""What all tests share."""

import gc
import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

# The machines are small and noisy: how long an example takes says nothing about the code.
settings.register_profile("noisy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples for the same code, so that a change is not blamed for what an earlier one left.
settings.register_profile("ci", settings.get_profile("noisy"), derandomize=True)
# `make test-long` runs every property again, with all examples. A property that needs more or fewer than the others
# says so in proportion: `max_examples=2 * settings().max_examples`.
settings.register_profile(
    "lane",
    settings.get_profile("ci" if os.environ.get("CI") else "noisy"),
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "20")),
)
settings.load_profile("lane")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the thousands of collected tests out of every later garbage collection."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
