"""What a user can hold or annotate is imported from the generated packages, never from the runtime."""

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
