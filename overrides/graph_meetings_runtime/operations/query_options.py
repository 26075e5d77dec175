"""The query options that the documents of a request list, and what becomes of the others."""

from functools import lru_cache

from msgspec import Struct


class Refusal(Struct, frozen=True):
    """The error with which the service refuses an option.

    Args:
        option: its name, such as `filter`.
        status: the HTTP status.
        code: the error code.
        message: empty if it is not documented.
    """

    option: str
    status: int = 400
    code: str = "BadRequest"
    message: str = ""


class QueryOptions(Struct, frozen=True):
    """The query options of a request, named without `$`.

    Args:
        listed: the options that its documents list.
        filters: what `$filter` may compare, such as `startDateTime ge`; anything if there is none.
        requires_filter: whether the service refuses the request without a `$filter`.
        is_advanced: whether the service answers only advanced queries: those with `$count=true` and the header
            `ConsistencyLevel: eventual`.
        ignored: the options that the service is reported to ignore.
        refused: the options that it refuses. Of `filter`, those expressions that `filters` does not have.
    """

    listed: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    requires_filter: bool = False
    is_advanced: bool = False
    ignored: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()

    def lists(self, name: str) -> bool:
        """Whether the documents list an option."""
        return name in self.listed

    def unlisted_terms(self, terms: frozenset[str]) -> list[str]:
        """Return those comparisons of a filter that the documents do not have. The service ignores case."""
        return sorted(terms - _lower(self.filters)) if self.filters else []

    def refusal_of(self, name: str) -> Refusal | None:
        """Return the error with which the service refuses an option, `None` if it does not."""
        return next((refusal for refusal in self.refused if refusal.option == name), None)


@lru_cache(maxsize=64)
def _lower(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(text.lower() for text in texts)
