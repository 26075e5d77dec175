"""Forks while a client is in use."""


def prepare_for_forks(package: str) -> None:
    """Do nothing: an event loop does not outlive a fork, and neither does a client that runs in it."""
    del package
