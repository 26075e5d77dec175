"""What can be wrong with an archive. In each case nothing that was archived is changed."""


class ArchiveError(Exception):
    """An archive cannot be used as it was asked for; the message says what to do."""


class ArchiveBusy(ArchiveError):
    """Another process, or another task of this one, is updating the archive."""


class ArchiveDamaged(ArchiveError):
    """A file of the archive is missing, truncated, or has other contents than were written."""


class ArchiveMismatch(ArchiveError):
    """The folder is another archive than was asked for: of another tenant, format, service or release."""


class ArchiveNotWritable(ArchiveError):
    """Nothing can be written: the disk is full, or the folder belongs to someone else."""
