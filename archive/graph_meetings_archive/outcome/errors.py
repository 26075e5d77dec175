"""The errors of an archive. None of them changes what has been archived."""


class ArchiveError(Exception):
    """An archive cannot be used as requested; the message says what to do."""


class ArchiveBusy(ArchiveError):
    """Another process, or another task of this one, is updating the archive."""


class ArchiveDamaged(ArchiveError):
    """A file of the archive is missing, truncated, or has been changed."""


class ArchiveMismatch(ArchiveError):
    """The folder has another archive: of another tenant, format, service or release."""


class ArchiveNotWritable(ArchiveError):
    """Nothing can be written: the disk is full, or the folder belongs to someone else."""
