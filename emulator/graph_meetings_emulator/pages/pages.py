"""Which requests are those of a browser, and what it is shown."""

from collections.abc import Callable

from graph_meetings_emulator.http.messages import ReceivedRequest, Reply
from graph_meetings_emulator.pages.browsing import BROWSE, Browsing
from graph_meetings_emulator.pages.landing import Facts, landing_page
from graph_meetings_runtime.origin import Origin


class Pages:
    """Answers browsers, which have no token: what they see is made up, and only this machine can ask.

    Args:
        facts: returns what the page at the root shows.
        browsing: shows JSON.
    """

    def __init__(self, facts: Callable[[], Facts], browsing: Browsing) -> None:
        self._facts = facts
        self._browsing = browsing

    def reply(self, request: ReceivedRequest) -> Reply | None:
        """Return a page; `None` where the request is one to Graph."""
        is_root = request.raw_path == b"/" and "text/html" in request.headers.get("accept", "")
        is_browsing = request.raw_path.startswith(BROWSE.encode())
        if request.method != "GET" or not (is_root or is_browsing) or not _is_of_this_machine(request):
            return None
        return landing_page(self._facts()) if is_root else self._browsing.reply(request)


def _is_of_this_machine(request: ReceivedRequest) -> bool:
    """Whether the address is one of this machine: a page of elsewhere could lead its own name here (DNS rebinding)."""
    try:
        return Origin.of(f"{request.scheme}://{request.headers.get('host', '')}").is_loopback
    except ValueError:
        return False
