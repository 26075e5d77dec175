"""Messages about connections that cannot be opened."""

import errno
import os
import ssl


def cannot_connect(host: str, port: int | None, error: Exception) -> str:
    """Return a message with the address and the reason, without what libraries add."""
    place = f"[{host}]" if ":" in host else host
    return f"cannot connect to {place}{'' if port is None else f':{port}'}: {_reason(error)}"


def _reason(error: Exception) -> str:
    if not isinstance(error, OSError):
        return str(error)
    number = error.errno
    if number is None or number not in errno.errorcode or isinstance(error, ssl.SSLError):
        return error.strerror or str(error)
    return os.strerror(number)  # asyncio's own text repeats the address
