"""What can go wrong with a delta store."""


class DeltaStoreError(Exception):
    """A store cannot be read or written: it is damaged, locked, full, no store, or of a newer release."""


class FeedBusy(BlockingIOError):
    """Another sync, of this process or of another one, has the feed of the store."""
