"""Warnings point at the line of the program that caused them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from graph_meetings import EmptyPagesWarning, GraphMeetingsClient, UndocumentedOptionWarning
from graph_meetings_runtime.warn import warn_caller
from tests.support.credentials import StaticCredential
from tests.support.raw_server import json_answer, raw_server


def test_a_warning_of_another_category_points_here() -> None:
    with pytest.warns(EmptyPagesWarning) as warned:
        warn_caller("text", EmptyPagesWarning)
    assert warned[0].filename == __file__


async def test_an_undocumented_option_is_warned_about_at_the_line_that_passes_it() -> None:
    async with (
        raw_server(json_answer('{"value": []}')) as server,
        GraphMeetingsClient(StaticCredential("token-token-token"), base_url=server.base_url) as graph,
    ):
        with pytest.warns(UndocumentedOptionWarning) as warned:
            await graph.communications.call_records.get(orderby="startDateTime")
    assert [warning.filename for warning in warned] == [__file__]


def test_without_a_caller_the_warning_comes_all_the_same() -> None:
    with ThreadPoolExecutor(1) as pool, pytest.warns(UserWarning, match="text"):
        pool.submit(warn_caller, "text", UserWarning).result(60)
