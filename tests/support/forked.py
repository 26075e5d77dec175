"""Processes forked from one that has imported what they need: importing it takes longer than most of them run."""

import multiprocessing

FORKED = multiprocessing.get_context("forkserver")
# The tests that are turned into blocking ones lie elsewhere.
_TESTS = __name__.partition(".")[0]
# All are forked from the same process, so it imports what any of them needs. It ignores what is missing.
FORKED.set_forkserver_preload(
    [
        "pytest",
        "graph_meetings_runtime.delta.stored_feed",
        "graph_meetings_runtime.http.connections.asynchronous",
        "uvicorn.protocols.http.auto",
        f"{_TESTS}.client.test_downloads_killed",
        f"{_TESTS}.notifications.test_certificates",
        f"{_TESTS}.notifications.test_inbox",
        f"{_TESTS}.runtime.test_delta_store",
        f"{_TESTS}.support.crashing",
        f"{_TESTS}.support.notified",
    ]
)
