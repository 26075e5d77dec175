# Made by codegen from archive/graph_meetings_archive/feeds/user_ids.py; do not edit.
"""Ids of users who are named by their user principal names."""

import re
from typing import Final

from graph_meetings.blocking import GraphMeetingsClient

_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def user_id_of(graph: GraphMeetingsClient, name: str) -> str:
    """Return the id of a user: `getAllRecordings` and its like find nothing by a user principal name.

    Args:
        graph: the client of the service; looking up a name needs the permission User.ReadBasic.All.
        name: an id or a user principal name.

    Raises:
        GraphError: the user cannot be looked up.
        FieldError: the service sent a user without an id.
    """
    if _ID.fullmatch(name):
        return name
    user = graph.users.by_user_id(name).get(select=["id"])
    return user.id
