"""One change of a round, and where the round continues."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from msgspec import Struct

from graph_meetings_runtime.errors import MalformedResponse, NamesRequest
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.page import Page
from graph_meetings_runtime.origin import safe_link

M = TypeVar("M", bound=Model)


class Change(Struct, Generic[M], frozen=True, gc=False):  # pages have many, and no item refers to its change
    """One change of a round.

    Args:
        item: the item that was added or changed. For a removed item, the service may send only the id.
        removed: whether it was removed.
        reason: why it was removed, `"deleted"` or `"changed"`, if the service says so.
    """

    item: M
    removed: bool = False
    reason: str | None = None


class FollowingLink(Struct, frozen=True):
    """Where a round continues after a page.

    Args:
        link: the next link or the delta link; its tokens are kept out of the repr.
        ends_round: whether it is the delta link, with which the next round starts.
    """

    link: str
    ends_round: bool

    def __repr__(self) -> str:
        return f"FollowingLink(ends_round={self.ends_round})"


def link_after(page: Page[M], base_url: str) -> FollowingLink:
    """Return where a round continues after a page.

    Raises:
        LinkRefused: the page's link leaves the configured origin.
        MalformedResponse: the page has no link.
    """
    with NamesRequest(page.request):
        if page.odata_next_link is not None:  # more pages follow, whatever else the page says
            return FollowingLink(safe_link(page.odata_next_link, base_url), ends_round=False)
        if page.odata_delta_link is not None:
            return FollowingLink(safe_link(page.odata_delta_link, base_url), ends_round=True)
    raise MalformedResponse(
        "the page has neither a next link nor a delta link, so the round cannot be completed; the service is known to "
        "leave them out when $top is used (known issue 22931): do not pass top",
        request=page.request,
    )


def change_of(item: M) -> Change[M]:
    """Return the change that an item of a page describes."""
    removed = item.raw.get("@removed")
    if not isinstance(removed, dict):
        return Change(item)
    reason = removed.get("reason")
    return Change(item, removed=True, reason=reason if isinstance(reason, str) else None)


def require_ids(changes: Iterable[Change[M]], request: str | None) -> None:
    """Check that every item has the id by which a store identifies it.

    Args:
        changes: the changes of a page.
        request: the request for the page, as errors name it.

    Raises:
        MalformedResponse: an item has no id.
    """
    for change in changes:
        id_ = change.item.raw.get("id")
        if not isinstance(id_, str) or not id_:
            raise MalformedResponse(
                f"a {type(change.item).__name__} has no id, by which the store remembers what was delivered; "
                "if you pass `select`, include the id",
                request=request,
            )
