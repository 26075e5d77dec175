"""Errors of a delta store."""


class DeltaStoreError(Exception):
    """A store cannot be read or written: it is damaged, locked, full, not a store, or of a newer release."""


class FeedBusy(BlockingIOError):
    """Another sync, in this process or another one, is using the feed."""
