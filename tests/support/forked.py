"""Processes forked from one that has imported what they need: importing it takes longer than most of them run."""

import multiprocessing

FORKED = multiprocessing.get_context("forkserver")
# All are forked from the same process, so it imports what any of them needs. It ignores what is missing.
FORKED.set_forkserver_preload(
    [
        "pytest",
        "graph_meetings_runtime.delta.stored_feed",
        "graph_meetings_runtime.http.connections.asynchronous",
        "uvicorn.protocols.http.auto",
        "tests.notifications.test_certificates",
        "tests.notifications.test_inbox",
        "tests.runtime.test_delta_store",
        "tests.support.crashing",
        "tests.support.notified",
    ]
)
