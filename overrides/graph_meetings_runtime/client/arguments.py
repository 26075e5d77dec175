"""The arguments of a client, checked at once: a wrong one would otherwise fail later and elsewhere."""

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

import httpx

from graph_meetings_runtime.cloud import Cloud
from graph_meetings_runtime.http.retry import Retry
from graph_meetings_runtime.http.timeout import Timeout


def require_credential(credential: object) -> None:
    """Refuse what is not a credential; errors show its type only, because a text may be a token.

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
            f"{_type_name(credential)}"
        )


def require_cloud(cloud: object) -> None:
    """Refuse what is not a cloud.

    Raises:
        TypeError: it is not a `Cloud`.
    """
    if not isinstance(cloud, Cloud):
        clouds = ", ".join(f"Cloud.{member.name}" for member in Cloud)
        raise TypeError(f"cloud must be one of {clouds}, not {cloud!r}")


def require_base_url(base_url: object) -> None:
    """Refuse what is not a URL; errors show its type only, because it may hold a password.

    Raises:
        TypeError: it is not a string.
    """
    if base_url is not None and not isinstance(base_url, str):
        raise TypeError(f"base_url must be a string such as 'http://127.0.0.1:8080/v1.0', not {_type_name(base_url)}")


def require_http_client(http_client: object) -> None:
    """Refuse what is not an asynchronous httpx client.

    Raises:
        TypeError: it is something else.
    """
    if http_client is not None and not isinstance(http_client, httpx.AsyncClient):
        raise TypeError(f"http_client must be an httpx.AsyncClient, not {_type_name(http_client)}")


def retry_of(retry: Retry | int | None) -> Retry:
    """Return the policy that a client is given; a number is how often a request is sent at most.

    Raises:
        TypeError: it is neither.
        ValueError: the number is below 1.
    """
    if retry is None:
        return Retry()
    if isinstance(retry, Retry):
        return retry
    if not _is_number(retry, int):
        raise TypeError(f"retry must be a Retry or an integer, the number of attempts, not {retry!r}")
    return Retry(attempts=retry)


def timeout_of(timeout: Timeout | float | None, http_client: httpx.AsyncClient | None) -> Timeout:
    """Return the time limits that a client is given; a number is the total of a request in seconds.

    What is not given comes from the caller's own httpx client, if there is one.

    Raises:
        TypeError: it is neither.
        ValueError: the number is not above 0.
    """
    if isinstance(timeout, Timeout):
        return timeout
    limits = Timeout()
    if http_client is not None:
        limits = Timeout(connect=http_client.timeout.connect, read=http_client.timeout.read)
    if timeout is None:
        return limits
    if not _is_number(timeout, int, float):
        raise TypeError(f"timeout must be a Timeout or a number, the total of a request in seconds, not {timeout!r}")
    if not timeout > 0:  # also nan
        raise ValueError(f"timeout must be above 0 seconds, not {timeout}")
    return replace(limits, total=float(timeout))


def scopes_of(scopes: object, cloud: Cloud) -> tuple[str, ...]:
    """Return the scopes that a client is given, or that of its cloud.

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
    """Refuse what is neither true nor false.

    Raises:
        TypeError: it is something else.
    """
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, not {value!r}")


def _is_number(value: object, *kinds: type) -> bool:
    return isinstance(value, kinds) and not isinstance(value, bool)


def _type_name(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
