"""A tenant: recordings that all differ, and call records with sessions.

Args:
    folder: folder with `recordings.json`, a list, and `call.json`, a call record with everything in it.
    calls: number of call records.
"""

import asyncio
import re
import sys
from pathlib import Path
from typing import IO, Final

import msgspec

from tools.benchmarks.programs.fast_service import serve

_ORGANIZER: Final = re.compile(rb"/users/([0-9a-f]{8})-0000-0000-0000-([0-9a-f]{12})/")
_CALL: Final = re.compile(rb"/callRecords/(\d+)")
_PAGE: Final = re.compile(rb"skiptoken=(\d+)")
_CALLS_ON_A_PAGE: Final = 60


class Tenant:
    """The responses.

    Args:
        folder: folder with the items.
        calls: number of call records.
    """

    content: IO[bytes]

    def __init__(self, folder: Path, calls: int) -> None:
        recordings = msgspec.json.decode((folder / "recordings.json").read_bytes(), type=list[msgspec.Raw])
        self._recordings = [_around_id(item) for item in recordings]
        self._call = _around_id(msgspec.Raw((folder / "call.json").read_bytes()))
        self._calls = calls
        self.root = b""

    def body(self, target: bytes) -> bytes:
        """Return a page of recordings, a page of call records, or one of those."""
        asked = _PAGE.search(target)
        number = int(asked[1]) if asked else 1
        organizer = _ORGANIZER.search(target)
        if organizer is not None:
            pages, items = int(organizer[1], 16), int(organizer[2], 16)
            ids = ((around, b"%d-%d" % (number, item)) for item, around in enumerate(self._recordings[:items]))
            value = b",".join(_with_id(around, id_) for around, id_ in ids)
            return self._page(target, value, number, pages)
        call = _CALL.search(target)
        if call is not None:
            return _with_id(self._call, call[1])
        first = (number - 1) * _CALLS_ON_A_PAGE
        last = min(first + _CALLS_ON_A_PAGE, self._calls)
        value = b",".join(b'{"id":"%d","version":1}' % each for each in range(first, last))
        return self._page(target, value, number, -(-self._calls // _CALLS_ON_A_PAGE))

    def _page(self, target: bytes, value: bytes, number: int, pages: int) -> bytes:
        link = self.root + target.partition(b"?")[0]
        if number < pages:
            end = b',"@odata.nextLink":"%b?$skiptoken=%d"}' % (link, number + 1)
        else:
            end = b',"@odata.deltaLink":"%b?$skiptoken=%d"}' % (link, pages) if b"/delta" in target else b"}"
        return b'{"value":[' + value + b"]" + end


def _around_id(item: msgspec.Raw) -> tuple[bytes, bytes]:
    """Return what stands before and after the id of an item."""
    id_ = msgspec.json.decode(item, type=dict[str, msgspec.Raw])["id"]
    before, _, after = bytes(item).partition(b'"id":' + bytes(id_))
    return before + b'"id":"', b'"' + after


def _with_id(around: tuple[bytes, bytes], id_: bytes) -> bytes:
    before, after = around
    return before + id_ + after


if __name__ == "__main__":
    asyncio.run(serve(Tenant(Path(sys.argv[1]), int(sys.argv[2]))))
