"""A local Microsoft Graph service, driven by the metadata that the client is generated from."""

from graph_meetings_emulator.content import Mp4, Text
from graph_meetings_emulator.credential import EmulatorCredential
from graph_meetings_emulator.dataset import Dataset
from graph_meetings_emulator.emulator import Emulator
from graph_meetings_emulator.messages import ReceivedRequest
from graph_meetings_emulator.tenant import Tenant

__all__ = ["Dataset", "Emulator", "EmulatorCredential", "Mp4", "ReceivedRequest", "Tenant", "Text"]
