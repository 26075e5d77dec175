"""The folder of an archive: what is where, and which archive it is."""

import hashlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from graph_meetings_archive.outcome.errors import ArchiveBusy, ArchiveDamaged, ArchiveMismatch
from graph_meetings_archive.storage.journal import RESTORE, Journal
from graph_meetings_archive.storage.kinds import KINDS
from graph_meetings_archive.storage.schema import about_tables, require_compatible_schemas
from graph_meetings_archive.storage.storage import not_written
from graph_meetings_archive.storage.unit import Key, StoredTable
from graph_meetings_runtime.file_lock import hold_lock, open_locked, sync_folder
from graph_meetings_runtime.origin import Origin

_OWN: Final = ".graph-meetings"
_SQLITE: Final = "archive.sqlite"
DUCKDB: Final = "archive.duckdb"


@dataclass(frozen=True, slots=True)
class ArchiveFolder:
    """The paths of an archive. None of them is made of what the service sends, except by a digest.

    Args:
        root: the folder itself.
    """

    root: Path

    @property
    def staging(self) -> Path:
        """Where files are prepared."""
        return self.root / _OWN / "staged"

    @property
    def lock(self) -> Path:
        """Held while an update runs."""
        return self.root / _OWN / "lock"

    def journal(self, format: str) -> Path:
        """Return the path of the journal."""
        return self.root / _SQLITE if format == "sqlite" else self.root / _OWN / "journal.sqlite"

    @property
    def format(self) -> str | None:
        """The format of the archive, `None` if there is none."""
        try:
            return self._marker.read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def mark(self, format: str) -> None:
        """Record that the archive has been created. Its journal is never taken for a new one again."""
        if self.format is None:
            staged = self.staging / "format"
            staged.write_text(f"{format}\n", encoding="utf-8")
            staged.replace(self._marker)
            sync_folder(self._marker.parent)

    @property
    def _marker(self) -> Path:
        return self.root / _OWN / "format"

    def content(self, kind: str, key: Key, ending: str) -> Path:
        """Return the path of a content, below the folder."""
        name = hashlib.sha256("\0".join(key).encode(errors="surrogatepass")).hexdigest()
        return Path("contents", kind, name[:2], f"{name[2:34]}{ending}")

    @property
    def is_busy(self) -> bool:
        """Whether an update is running."""
        if not self.lock.exists():
            return False
        try:
            with open_locked(self.lock, BlockingIOError("busy"), mode=0o600):
                return False
        except BlockingIOError:
            return True

    @contextmanager
    def locked(self) -> Generator[None]:
        """Hold the folder, created if need be, for one update.

        Raises:
            ArchiveBusy: another update has it.
            ArchiveNotWritable: it cannot be created.
        """
        busy = BlockingIOError("busy")
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.staging.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = hold_lock(self.lock, busy)
            lock.__enter__()
        except BlockingIOError:
            raise ArchiveBusy(
                f"another update of {self.root} is running; wait until it has ended, or use another folder"
            ) from None
        except OSError as error:
            raise not_written(self.root, error) from error
        try:
            yield
        finally:
            lock.__exit__(None, None, None)


@dataclass(frozen=True, slots=True)
class Identity:
    """Which archive is asked for.

    Args:
        format: of the rows; `None` for the one that there is.
        service: the root of the service.
        tenant: its id, if it is known.
    """

    format: str | None
    service: str
    tenant: str | None


def open_journal(folder: ArchiveFolder, identity: Identity) -> tuple[Journal, str]:
    """Open the journal of the archive that is asked for, or create it. The caller must hold the folder.

    Returns:
        The journal, and the format.

    Raises:
        ArchiveDamaged: the journal is missing or damaged.
        ArchiveMismatch: the folder has another archive.
    """
    found = folder.format
    if found is None:
        return _created(folder, identity)
    if identity.format not in {None, found}:
        raise ArchiveMismatch(
            f"{folder.root} has an archive of the format {found}, not {identity.format}; leave out the format, or "
            "export into another folder"
        )
    journal = Journal(folder.journal(found))
    try:
        _require_same(folder, journal, identity)
    except BaseException:
        journal.close()
        raise
    return journal, found


def service_of(base_url: str) -> str:
    """Return the root of a service as an archive knows it. On this machine, its port says nothing."""
    parts = urlsplit(base_url)
    is_local = Origin.of(base_url).is_loopback
    return f"{parts.scheme}://{parts.hostname}{parts.path}" if is_local else base_url.rstrip("/")


def require_tenant(folder: Path, journal: Journal, tenant: str) -> None:
    """Check that something belongs to the tenant of the archive; the first one decides.

    Raises:
        ArchiveMismatch: it does not.
    """
    known = journal.about().get("tenant")
    if known is None:
        journal.describe("tenant", tenant)
    elif known.lower() != tenant.lower():
        raise ArchiveMismatch(
            f"{folder} is the archive of the tenant {known}, not of {tenant}; sign in to that one, or export into "
            "another folder"
        )


def _created(folder: ArchiveFolder, identity: Identity) -> tuple[Journal, str]:
    name = identity.format or "sqlite"
    left = [path for table in _tables() for path in folder.root.glob(f"{table.name}/part-*")]
    if left or (folder.root / DUCKDB).exists():
        raise ArchiveDamaged(
            f"{folder.root} has rows, but {folder.root / _OWN}, which says what they are, is missing; {RESTORE}"
        )
    journal = Journal(
        folder.journal(name), about={"format": name, "service": identity.service, **about_tables(_tables())}
    )
    folder.mark(name)
    return journal, name


def _require_same(folder: ArchiveFolder, journal: Journal, identity: Identity) -> None:
    about = journal.about()
    if about["service"] != identity.service:
        raise ArchiveMismatch(
            f"{folder.root} is an archive of {about['service']}, not of {identity.service}; export into another folder"
        )
    require_compatible_schemas(folder.root, about["tables"], _tables(), about.get("release"))


def _tables() -> list[StoredTable]:
    return [table for kind in KINDS for table in kind.tables]
