"""Credentials for the emulator that workers of Spark make by import path, as those of a tenant."""

import os

from graph_meetings_emulator import BlockingEmulatorCredential

TOKEN = "GRAPH_MEETINGS_EMULATOR_TOKEN"
"""The variable that has the token."""


def from_environment() -> BlockingEmulatorCredential:
    """Return a credential for the token in the environment."""
    return BlockingEmulatorCredential(os.environ[TOKEN])


def nothing() -> None:
    """Return no credential."""
