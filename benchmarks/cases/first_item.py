"""From the start of a process to the first item: importing, making the client, the first GET, and leaving."""

from collections.abc import Iterator

from benchmarks.cases.imports import KIOTA, cold_seconds, warm_seconds
from benchmarks.effort import Effort
from benchmarks.measure import interleaved
from benchmarks.peers.msgraph import SDK
from benchmarks.processes import program
from benchmarks.row import Row, Subject
from benchmarks.service import serving


def rows(effort: Effort) -> Iterator[Row]:
    """Measure whole processes."""
    with serving(1) as service:
        commands = {
            "ours": program("first_item", service.base_url),
            KIOTA: program("first_item_kiota", service.base_url),
        }
        if effort.peers is not None:
            commands[SDK] = program("msgraph", "first_item", service.base_url, python=effort.peers)
        warm = {name: warm_seconds(command) for name, command in commands.items()}
        yield from Subject("first_item.warm", "whole process").rows(interleaved(warm, effort.many_rounds))
        cold = {name: cold_seconds(command) for name, command in commands.items()}
        samples = interleaved(cold, min(3, effort.rounds))
        yield from Subject("first_item.cold", "the same, with nothing compiled").rows(samples)
