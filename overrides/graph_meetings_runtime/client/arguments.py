"""Checks of the arguments of a client, so that a mistake is reported where it was made."""

from collections.abc import Iterable
from typing import cast

from graph_meetings_runtime.cloud import Cloud
from graph_meetings_runtime.http.options.retry import Retry
from graph_meetings_runtime.numeric_arguments import is_number


def require_credential(credential: object) -> None:
    """Check that a value is a credential. Errors name only its type, because a string may be a token.

    Raises:
        TypeError: it is not a credential.
    """
    if isinstance(credential, type):
        raise TypeError(
            f"credential must be an instance: write {credential.__name__}() instead of {credential.__name__}"
        )
    if not callable(getattr(credential, "get_token", None)):
        raise TypeError(
            "credential must be a credential of azure-identity, such as DefaultAzureCredential(), not "
            f"{type_name(credential)}"
        )


def require_cloud(cloud: object) -> None:
    """Check that a value is a cloud.

    Raises:
        TypeError: it is not a `Cloud`.
    """
    if not isinstance(cloud, Cloud):
        clouds = ", ".join(f"Cloud.{member.name}" for member in Cloud)
        raise TypeError(f"cloud must be one of {clouds}, not {cloud!r}")


def require_base_url(base_url: object) -> None:
    """Check that a value is a string or `None`. Errors name only its type, because it may contain a password.

    Raises:
        TypeError: it is not a string.
    """
    if base_url is not None and not isinstance(base_url, str):
        raise TypeError(f"base_url must be a string such as 'http://127.0.0.1:8080/v1.0', not {type_name(base_url)}")


def retry_of(retry: Retry | int | None) -> Retry:
    """Return the retry policy for an argument; a number is the most times a request is sent.

    Raises:
        TypeError: it is neither a policy nor an integer.
        ValueError: the number is less than 1.
    """
    if retry is None:
        return Retry()
    if isinstance(retry, Retry):
        return retry
    if not is_number(retry, int):
        raise TypeError(f"retry must be a Retry or an integer, the number of attempts, not {retry!r}")
    return Retry(attempts=retry)


def scopes_of(scopes: object, cloud: Cloud) -> tuple[str, ...]:
    """Return the scopes for an argument; by default, that of the cloud.

    Raises:
        TypeError: they are not strings.
        ValueError: there are none.
    """
    if scopes is None:
        return (cloud.scope,)
    if not isinstance(scopes, Iterable):
        raise TypeError(f"scopes must be a list of strings, not {scopes!r}")
    found = (scopes,) if isinstance(scopes, str) else tuple(cast("Iterable[object]", scopes))
    if not all(isinstance(scope, str) and scope for scope in found):
        raise TypeError(f"scopes must be a list of strings such as {cloud.scope!r}, not {found!r}")
    if not found:
        raise ValueError(f"scopes must not be empty; leave them out for {cloud.scope!r}")
    return cast("tuple[str, ...]", found)


def require_flag(name: str, value: object) -> None:
    """Check that a value is a boolean.

    Raises:
        TypeError: it is something else.
    """
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, not {value!r}")


def type_name(value: object) -> str:
    """Name the type of a value, for an error that must not show the value itself."""
    return "None" if value is None else type(value).__name__
