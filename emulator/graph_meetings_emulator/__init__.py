"""A local Microsoft Graph service, driven by the metadata that the client is generated from.

Its parts are imported on first use: pytest loads the plugin in this package on every run, even if the extra
`emulator` is not installed.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph_meetings_emulator.answers.tenant import Tenant
    from graph_meetings_emulator.credential import BlockingEmulatorCredential, EmulatorCredential
    from graph_meetings_emulator.data.dataset import Dataset
    from graph_meetings_emulator.data.media import Mp4, Text
    from graph_meetings_emulator.emulator import Emulator
    from graph_meetings_emulator.http.messages import ReceivedRequest
    from graph_meetings_emulator.http.throttle import Limit, Throttle
    from graph_meetings_emulator.notifications.subscriber import Subscriber

__all__ = [
    "BlockingEmulatorCredential",
    "Dataset",
    "Emulator",
    "EmulatorCredential",
    "Limit",
    "Mp4",
    "ReceivedRequest",
    "Subscriber",
    "Tenant",
    "Text",
    "Throttle",
]

_MODULES = {
    "BlockingEmulatorCredential": "credential",
    "Dataset": "data.dataset",
    "Emulator": "emulator",
    "EmulatorCredential": "credential",
    "Limit": "http.throttle",
    "Mp4": "data.media",
    "ReceivedRequest": "http.messages",
    "Subscriber": "notifications.subscriber",
    "Tenant": "answers.tenant",
    "Text": "data.media",
    "Throttle": "http.throttle",
}


_EXTRA = frozenset({"httptools", "odata_query", "starlette", "uvicorn"})


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value: object = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in _EXTRA:
            raise
        message = "the emulator needs more packages: pip install 'graph-meetings[emulator]'"
        raise ModuleNotFoundError(message, name=error.name) from None
    globals()[name] = value
    return value
