"""From process start to the first item: import, create the client, send the first GET, exit."""

from collections.abc import Iterator

from tools.benchmarks.cases.processes.imports import KIOTA, cold_seconds, warm_seconds
from tools.benchmarks.loopback.service import serving
from tools.benchmarks.measuring.measure import interleaved
from tools.benchmarks.measuring.processes import program
from tools.benchmarks.measuring.row import Metric, Row
from tools.benchmarks.measuring.settings import Settings
from tools.benchmarks.peers.msgraph import SDK


def rows(settings: Settings) -> Iterator[Row]:
    """Measure whole processes."""
    with serving(1) as service:
        commands = {
            "ours": program("first_item", service.base_url),
            KIOTA: program("first_item_kiota", service.base_url),
        }
        if settings.peers is not None:
            commands[SDK] = program("msgraph", "first_item", service.base_url, python=settings.peers)
        warm = {name: warm_seconds(command) for name, command in commands.items()}
        yield from Metric("first_item.warm", "whole process").rows(interleaved(warm, settings.many_rounds))
        cold = {name: cold_seconds(command) for name, command in commands.items()}
        samples = interleaved(cold, min(3, settings.rounds))
        yield from Metric("first_item.cold", "the same, with nothing compiled").rows(samples)
