"""List or archive what a tenant has, as the command does, and print what that took.

Args:
    figure: `seconds` on a processor, or `memory`: the bytes by which the process has grown.
    what: the format of the archive, or `list` to read the recordings alone.
    base_url: base URL of the service.
    organizer: id of the organizer.
    feeds: `recordings`, or `everything` for call records, too.
"""

import asyncio
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from graph_meetings_archive import Archive, CallRecords, FormatName, Recordings
from tools.benchmarks.loopback.clients import list_ours, our_client
from tools.benchmarks.loopback.service import Service, organizer_with
from tools.benchmarks.measuring.processes import peak_memory


async def _list(service: Service, organizer: str) -> None:
    async with our_client(service) as graph:
        await list_ours(graph, organizer)


async def _archive(service: Service, organizer: str, format: FormatName, feeds: str) -> None:
    asked = (Recordings(), CallRecords()) if feeds == "everything" else (Recordings(),)
    with TemporaryDirectory() as folder:
        async with our_client(service) as graph, Archive(Path(folder), graph, format=format) as archive:
            summary = await archive.update([organizer], *asked)
        assert summary.is_complete, summary.failures[0]


def _main(figure: str, what: str, base_url: str, organizer: str, feeds: str) -> None:
    service = Service(base_url)

    def run(organizer: str, feeds: str) -> None:
        if what == "list":
            asyncio.run(_list(service, organizer))
        else:
            asyncio.run(_archive(service, organizer, cast("FormatName", what), feeds))

    before = peak_memory()
    if figure == "seconds":
        run(organizer_with(1, 1), "recordings")  # imports and the first request are not what is measured
    began = time.process_time()
    run(organizer, feeds)
    print(peak_memory() - before if figure == "memory" else time.process_time() - began)


if __name__ == "__main__":
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    _main(*sys.argv[1:])
