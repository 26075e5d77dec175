"""A transaction in which a handler writes, too, and which it must not end."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any, Final

# With these, a handler could make the file unrecognizable or unwritable.
_PRAGMAS_OF_THE_STORE: Final = frozenset({"application_id", "user_version", "query_only", "locking_mode"})


@contextmanager
def transaction_kept(connection: sqlite3.Connection, is_in_transaction: Callable[[], bool]) -> Generator[None]:
    """Refuse every statement in the block that would end the transaction or make the file unusable for the store."""
    refused: list[Any] = []

    def authorize(action: int, operation: str | None, *_: object) -> int:
        is_pragma = action == sqlite3.SQLITE_PRAGMA and str(operation).lower() in _PRAGMAS_OF_THE_STORE
        if action != sqlite3.SQLITE_TRANSACTION and not is_pragma:
            return sqlite3.SQLITE_OK
        refused.append(f"PRAGMA {operation}" if is_pragma else operation)
        return sqlite3.SQLITE_DENY

    connection.set_authorizer(authorize)
    try:
        yield
    except sqlite3.DatabaseError as error:
        if refused:
            raise _ended(str(refused[0])) from error
        raise
    finally:
        with suppress(sqlite3.ProgrammingError):  # closed
            connection.set_authorizer(None)
            connection.set_progress_handler(None, 0)
        # The way in which a handler reads rows must not change that of the store.
        connection.row_factory = None
        connection.text_factory = str
    if not is_in_transaction():  # after `ON CONFLICT ROLLBACK`, for example, or `close()`
        raise _ended("ROLLBACK or close()")


def _ended(statement: str) -> RuntimeError:
    return RuntimeError(
        f"the handler runs inside the store's transaction and must not use {statement} there: leave out commit, "
        "rollback, close, executescript and `with connection:`, or use SAVEPOINT; nothing of this was written"
    )
