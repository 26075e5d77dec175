# Made by codegen from overrides/graph_meetings_runtime/delta/delta_request_builder.py; do not edit.
"""Request builders for the changes of a collection."""

from typing import TYPE_CHECKING, TypeVar, Unpack

from kiota_abstractions.base_request_configuration import RequestConfiguration

from graph_meetings_blocking_runtime.requests.collection_request_builder import PagedRequestBuilder
from graph_meetings_runtime.bounds import MAX_EMPTY_PAGES
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.requests.query import CollectionOptions, QueryParameters

if TYPE_CHECKING:
    from graph_meetings_blocking_runtime.delta.changes import Changes

M = TypeVar("M", bound=Model)


class DeltaRequestBuilder(PagedRequestBuilder[M]):
    """The changes of a collection: `changes` iterates over a whole round, `get` fetches one page of it."""

    _iterated_by = "changes"

    def changes(
        self,
        since: str | None = None,
        *,
        resync: bool = False,
        max_empty_pages: int = MAX_EMPTY_PAGES,
        request_configuration: RequestConfiguration[QueryParameters] | None = None,
        **options: Unpack[CollectionOptions],
    ) -> "Changes[M]":
        """Iterate over a round of changes: `for change in builder.changes(since=saved_link)`.

        Args:
            since: the whole delta link of the last round, or the resume link of an incomplete one; `None` starts a full
                round.
            resync: whether to start a full round if the service has forgotten the link.
            max_empty_pages: how many pages in a row without new items, because they are empty or repeat items, are
                followed before `RoundIncomplete` is raised.
            request_configuration: the options in Kiota's form.
            options: as for `get`. Query options are sent only with the first request of a full round; the links contain
                them.

        Raises:
            LinkRefused: `since` is not a link of the configured origin.
            TypeError: `since` is not a link but, for example, a date.

        Source: https://learn.microsoft.com/graph/api/callrecording-delta
        """
        from graph_meetings_blocking_runtime.delta.changes import Changes  # noqa: PLC0415  imported when first needed

        if not (since is None or _may_be_a_link(since)):
            raise TypeError(
                f"since must be the delta_link or resume_link of an earlier round, not {since!r}; for the items since "
                "a date, pass start_date_time to the function before delta()"
            )
        full = self._request(request_configuration, options)
        return Changes(self.request_adapter, self.model, full, since, resync=resync, max_empty_pages=max_empty_pages)


def _may_be_a_link(given: object) -> bool:
    """Return whether a value is a string that does not start like a date."""
    return isinstance(given, str) and not given[:4].isdigit()
