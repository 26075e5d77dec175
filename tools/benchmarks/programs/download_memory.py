"""Download content and print the growth of the peak memory, in bytes.

Args:
    base_url: base URL of the service.
    size: size of the content, in bytes.
    folder: folder for the file.
"""

import asyncio
import sys
from pathlib import Path

from tools.benchmarks.loopback.clients import our_client
from tools.benchmarks.loopback.service import Service
from tools.benchmarks.measuring.processes import peak_memory


async def _download(service: Service, size: int, folder: Path) -> int:
    async with our_client(service) as graph:
        recordings = graph.users.by_user_id("u").online_meetings.by_online_meeting_id("m").recordings
        await recordings.by_call_recording_id("1000").content.download(folder / "small.mp4", overwrite=True)
        before = peak_memory()
        await recordings.by_call_recording_id(str(size)).content.download(folder / "big.mp4", overwrite=True)
        return peak_memory() - before


if __name__ == "__main__":
    print(asyncio.run(_download(Service(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))))
