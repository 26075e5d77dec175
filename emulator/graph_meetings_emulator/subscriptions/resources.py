"""What can be subscribed to, and within which limits.

Source: https://learn.microsoft.com/graph/teams-changenotifications-callrecording-and-calltranscript,
https://learn.microsoft.com/graph/changenotifications-for-virtualevent and
https://learn.microsoft.com/graph/api/resources/subscription#subscription-lifetime
"""

import re
from datetime import timedelta
from typing import Final

from msgspec import Struct

_THREE_DAYS: Final = timedelta(minutes=4_320)
_CREATED: Final = frozenset({"created"})
_CREATED_OR_UPDATED: Final = frozenset({"created", "updated"})
_RECORDING: Final = frozenset({"OnlineMeetingRecording.Read.All", "OnlineMeetingRecording.Read.Chat"})
_TRANSCRIPT: Final = frozenset({"OnlineMeetingTranscript.Read.All", "OnlineMeetingTranscript.Read.Chat"})
_VIRTUAL_EVENT: Final = frozenset({"VirtualEvent.Read", "VirtualEvent.Read.All"})


class SubscribedResource(Struct, frozen=True, kw_only=True):
    """A kind of resource.

    Args:
        pattern: of its paths, without the slash before them; `user` and `meeting` name what has a quota of its own.
        change_types: that can be subscribed to.
        longest_life: how far ahead the expiration may be.
        permissions: one of them is needed.
        has_data: whether notifications can include the resource.
        is_of_teams: whether its subscriptions count among the 10,000 of Teams.
    """

    pattern: re.Pattern[str]
    change_types: frozenset[str]
    permissions: frozenset[str]
    longest_life: timedelta = _THREE_DAYS
    has_data: bool = True
    is_of_teams: bool = True


def _artifacts(kind: str, permissions: frozenset[str]) -> SubscribedResource:
    every, owner = f"getAll{kind.capitalize()}", "(?:onlineMeetings|adhocCalls)"
    forms = (
        f"communications/{owner}/{every}",
        f"users/(?P<user>[^/]+)/{owner}/{every}",
        f"communications/{owner}/(?P<meeting>[^/]+)/{kind}",
    )
    pattern = re.compile("|".join(forms), re.IGNORECASE)
    return SubscribedResource(pattern=pattern, change_types=_CREATED, permissions=permissions)


RESOURCES: Final = (
    _artifacts("recordings", _RECORDING),
    _artifacts("transcripts", _TRANSCRIPT),
    SubscribedResource(
        pattern=re.compile("communications/callRecords", re.IGNORECASE),
        change_types=_CREATED_OR_UPDATED,
        permissions=frozenset({"CallRecords.Read.All"}),
        longest_life=timedelta(minutes=4_230),
        has_data=False,
        is_of_teams=False,
    ),
    SubscribedResource(
        pattern=re.compile(r"solutions/virtualEvents/(?:events|webinars|townhalls)(?:[/(].+)?", re.IGNORECASE),
        change_types=_CREATED_OR_UPDATED,
        permissions=_VIRTUAL_EVENT,
        longest_life=timedelta(days=1),
        is_of_teams=False,
    ),
)


def resource_at(path: str) -> SubscribedResource | None:
    """Return the kind of resource at a path, `None` if the emulator knows none there."""
    found = path.removeprefix("/").partition("?")[0]
    return next((resource for resource in RESOURCES if resource.pattern.fullmatch(found)), None)
