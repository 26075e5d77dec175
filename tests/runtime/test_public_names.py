"""What a user can hold or annotate is imported from the generated packages, never from the runtime."""

import inspect
import operator
import pydoc
import subprocess
import sys
from types import ModuleType

import pytest

import graph_meetings
import graph_meetings.beta
import graph_meetings_runtime
from graph_meetings_runtime.version import VERSION

FOR_GENERATED_CODE = {"function_call", "no_content", "read_as", "required"}


@pytest.mark.parametrize("package", [graph_meetings, graph_meetings.beta])
def test_a_package_exports_all_that_the_runtime_offers(package: ModuleType) -> None:
    for name in set(graph_meetings_runtime.__all__) - FOR_GENERATED_CODE:
        assert getattr(package, name) is getattr(graph_meetings_runtime, name)
        assert name in package.__all__


@pytest.mark.parametrize("package", [graph_meetings, graph_meetings.beta])
def test_a_package_knows_its_version(package: ModuleType) -> None:
    assert package.__version__ == VERSION


@pytest.mark.parametrize("package", [graph_meetings, graph_meetings.beta])
def test_completion_offers_what_is_imported_when_first_used(package: ModuleType) -> None:
    assert set(package.__all__) <= set(dir(package))


@pytest.mark.parametrize("name", ["graph_meetings", "graph_meetings.beta"])
def test_models_and_filters_come_without_an_event_loop_and_connections(name: str) -> None:
    code = f"import sys; import {name}; {name}.CallRecord.id == 'x'; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert {"asyncio", "aiohttp", "httpx", "kiota_http", f"{name}.client"}.isdisjoint(run.stdout.split())


def test_help_shows_every_name() -> None:
    text = pydoc.plain(pydoc.render_doc(graph_meetings))
    assert {name for name in graph_meetings.__all__ if name not in text} == {"__version__"}


def test_a_name_that_a_package_lacks_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'graph_meetings' has no attribute 'Meeting'"):
        operator.attrgetter("Meeting")(graph_meetings)


@pytest.mark.parametrize("package", [graph_meetings, graph_meetings.beta])
def test_what_an_editor_shows_of_a_class_is_our_own_text(package: ModuleType) -> None:
    """Editors show the docstring of `__init__`, inherited if need be, before that of the class."""
    for name in package.__all__:
        found: object = getattr(package, name)
        if isinstance(found, type):
            assert "Initializes a new instance" not in (inspect.getdoc(operator.attrgetter("__init__")(found)) or "")
    assert "credential: an azure-identity credential" in (inspect.getdoc(package.GraphMeetingsClient.__init__) or "")
