"""Who organized a call."""

from graph_meetings import CallRecord, Identity


def user_of(record: CallRecord) -> Identity | None:
    """Return the user who organized a call; `None` if it was someone else, such as a telephone number."""
    organizer = record.organizer_v2
    identity = None if organizer is None else organizer.identity
    return None if identity is None else identity.user
