"""A pytest plugin: the fixture `graph_emulator`, the marker `graph_chaos`, and options that apply to all tests.

pytest loads this module on every run in an environment that has the package, so it imports nothing but pytest.
"""

from typing import TYPE_CHECKING, Any, cast

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph_meetings_emulator import Emulator

_MARKER = (
    "graph_chaos(profile, *, seed=0, longest_delay=0.05, most_in_a_row=3): "
    "inject random faults into the test's graph_emulator; the arguments are those of Emulator.start_chaos"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the command-line options."""
    group = parser.getgroup("graph-meetings")
    group.addoption(
        "--graph-chaos",
        metavar="PROFILE",
        help="inject random faults into every graph_emulator without a graph_chaos marker, e.g. five-percent",
    )
    group.addoption("--graph-chaos-seed", metavar="N", type=int, default=0, help="seed of these faults")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def graph_emulator(request: pytest.FixtureRequest) -> "Iterator[Emulator]":
    """Run a local Graph service for one test, with the faults of the test's `graph_chaos` marker."""
    with _emulator() as emulator:
        chaos = _chaos(request)
        if chaos is not None:
            profile, options = chaos
            emulator.start_chaos(profile, **options)
        yield emulator
        if chaos is not None:
            counts = ", ".join(f"{kind}: {count}" for kind, count in sorted(emulator.faults_injected.items()))
            item = cast("pytest.Item", request.node)
            item.add_report_section("teardown", "graph chaos", f"{chaos[0]} {chaos[1]}: {counts or 'no faults'}\n")


def _emulator() -> "Emulator":
    try:
        from graph_meetings_emulator import Emulator  # noqa: PLC0415  only if a test uses it
    except ModuleNotFoundError as error:
        message = f"graph_emulator needs an extra; run: pip install 'graph-meetings[emulator]' ({error})"
        pytest.fail(message, pytrace=False)
    return Emulator()


def _chaos(request: pytest.FixtureRequest) -> tuple[Any, dict[str, Any]] | None:
    """Return the profile and options from the test's marker, or else from the command line."""
    marker = cast("pytest.Item", request.node).get_closest_marker("graph_chaos")
    if marker is not None:
        if len(marker.args) != 1:
            pytest.fail(f"the marker graph_chaos takes exactly one profile: {_MARKER}", pytrace=False)
        return marker.args[0], dict(marker.kwargs)
    profile = request.config.getoption("--graph-chaos")
    return None if profile is None else (profile, {"seed": request.config.getoption("--graph-chaos-seed")})
