"""From the start of a process to the first item: importing, making the client, the first GET, and leaving."""

from collections.abc import Iterator

from tools.benchmarks.cases.imports import KIOTA, cold_seconds, warm_seconds
from tools.benchmarks.loopback.service import serving
from tools.benchmarks.measuring.effort import Effort
from tools.benchmarks.measuring.measure import interleaved
from tools.benchmarks.measuring.processes import program
from tools.benchmarks.measuring.row import Row, Subject
from tools.benchmarks.peers.msgraph import SDK


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
