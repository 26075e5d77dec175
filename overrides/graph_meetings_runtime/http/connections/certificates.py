"""The certificates that servers are checked with."""

import ssl

import httpx


def ssl_context() -> ssl.SSLContext:
    """Return the context that checks certificates, against `SSL_CERT_FILE` or `SSL_CERT_DIR` if set.

    Create it for the first encrypted connection, and keep it: reading the certificates takes 20 ms.

    Raises:
        ValueError: the certificates of the environment cannot be loaded.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        raise ValueError(f"cannot load the certificates of SSL_CERT_FILE or SSL_CERT_DIR: {error}") from error
