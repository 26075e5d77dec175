"""Advanced queries of the directory, answered by an index that lags behind, which a request has to allow.

Source: https://learn.microsoft.com/graph/aad-advanced-queries
"""

from graph_meetings_emulator.answers.routes import Route
from graph_meetings_emulator.http.errors import ServiceError
from graph_meetings_emulator.http.messages import ReceivedRequest
from graph_meetings_emulator.odata.comparisons import comparisons
from graph_meetings_emulator.odata.query import Query
from graph_meetings_emulator.odata.schema import odata_type

_OF_DIRECTORY = "microsoft.graph.user"
_ADVANCED_WORDS = frozenset({"endswith", "ne", "not"})
_LARGEST_PAGE = 999


def check_directory(route: Route, query: Query, request: ReceivedRequest) -> None:
    """Refuse a request for objects of the directory that asks for too much at once, or for more than it allows.

    Raises:
        ServiceError: 400.
    """
    if odata_type(route.operation.model) != _OF_DIRECTORY:
        return
    if query.top is not None and query.top > _LARGEST_PAGE:
        raise _unsupported(
            f"Invalid page size specified: '{query.top}'. Must be between 1 and {_LARGEST_PAGE} inclusive."
        )
    is_allowed = request.headers.get("consistencylevel", "").lower() == "eventual"
    if query.search is not None and not is_allowed:
        raise _unsupported("$search needs the request header 'ConsistencyLevel: eventual'.")
    options = route.operation.options
    is_advanced = (options is not None and options.is_advanced) or _is_advanced(query)
    if is_advanced and not (is_allowed and query.count):
        raise _unsupported("Unsupported Query.")


def _is_advanced(query: Query) -> bool:
    if query.filter is None:
        return False
    words = {term.rpartition(" ")[2] for term in comparisons(query.filter)}
    return query.orderby is not None or not words.isdisjoint(_ADVANCED_WORDS)


def _unsupported(message: str) -> ServiceError:
    return ServiceError(400, "Request_UnsupportedQuery", message)
