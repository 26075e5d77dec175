"""A folder of certificates: the newest is used, and the others still decrypt."""

import os
import time
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import Final, Self

from graph_meetings_notifications.encryption.certificate import Certificate, make_certificate
from graph_meetings_notifications.encryption.private_files import read_private, remove_unfinished, write_private
from graph_meetings_notifications.errors import CertificateError, UnknownCertificate
from graph_meetings_runtime.file_lock import hold_lock
from graph_meetings_runtime.log import id_for_log

LONGEST_ID: Final = 128
"""Characters of a certificate's id that the service accepts."""

_MAX_PEM_BYTES: Final = 64 << 10
_LIFETIME: Final = timedelta(days=365)
_RENEW_BEFORE: Final = timedelta(days=30)
_KEPT_UNNAMED: Final = timedelta(days=7)
_SECONDS_BETWEEN_TOUCHES: Final = 3600.0
_SECONDS_TO_WAIT: Final = 30.0
_SECONDS_BETWEEN: Final = 0.05


class Certificates:
    """The certificates in a folder, `<id>.pem`, each with its private key, `<id>.key`.

    New subscriptions use the `current` one; all of them decrypt. Several processes can use the same folder. Pairs that
    you or another process add are found when a notification names them. Only the owner can read the private keys, and
    an id that the service sends never chooses a file.

    Use `Certificates.folder(path)`.
    """

    def __init__(self, path: Path, lifetime: timedelta) -> None:
        self.path = path
        self._lifetime = lifetime
        self._lock = Lock()
        self._known: Mapping[str, Certificate] = {}
        self._touched: dict[str, float] = {}

    @classmethod
    def folder(
        cls,
        path: str | os.PathLike[str],
        *,
        lifetime: timedelta = _LIFETIME,
        renew_before: timedelta = _RENEW_BEFORE,
    ) -> Self:
        """Open a folder, and create a self-signed certificate if there is none or the newest one expires soon.

        Args:
            path: of the folder; it is created if it does not exist.
            lifetime: how long the certificates that it creates are valid.
            renew_before: how long before the newest certificate expires another one is created.

        Raises:
            CertificateError: a pair is malformed, or its key is not RSA with 2,048 to 4,096 bits.
            OSError: the folder or a file cannot be read or created.

        Warns:
            UserWarning: others could read a private key; it has been made readable for its owner only.
        """
        certificates = cls(Path(path).resolve(), lifetime)
        certificates.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        certificates.rotate_if_due(renew_before)
        return certificates

    @property
    def current(self) -> Certificate:
        """The newest certificate that is already valid: new subscriptions use it."""
        known = self._read()
        if not known:
            raise CertificateError(f"{self.path} no longer has certificates; rotate() creates one")
        now = datetime.now(UTC)
        return max(known.values(), key=lambda each: (each.not_before <= now, each.not_before, each.id))

    def rotate(self) -> Certificate:
        """Create another certificate, which becomes the current one; the others still decrypt.

        Raises:
            CertificateError: another process has been creating one for 30 seconds.
            OSError: it cannot be written.
        """
        with self._making():
            return self._make()

    def rotate_if_due(self, renew_before: timedelta = _RENEW_BEFORE) -> Certificate:
        """Create another certificate if there is none or the newest one expires soon, and return the current one.

        Args:
            renew_before: how long before the newest certificate expires another one is created.

        Raises:
            CertificateError: another process has been creating one for 30 seconds.
            OSError: it cannot be written.
        """
        if not self._is_due(renew_before):
            return self.current
        with self._making():
            # Another process may have been faster.
            return self._make() if self._is_due(renew_before) else self.current

    def remove_unused(self, in_use: Collection[str], *, unnamed_for: timedelta = _KEPT_UNNAMED) -> list[str]:
        """Remove certificates and keys that notifications can no longer name. The current one is kept.

        Args:
            in_use: the `encryptionCertificateId`s of existing subscriptions.
            unnamed_for: how long no notification must have named a certificate; the service tries to deliver one for
                four hours.

        Returns:
            The ids that were removed.
        """
        kept = {*in_use, self.current.id}
        before = time.time() - unnamed_for.total_seconds()
        removed: list[str] = []
        with self._making():
            for id_ in self._read().keys() - kept:
                # The time of the key file is when it was last named, or created.
                if self._key_file(id_).stat().st_mtime < before:
                    self._certificate_file(id_).unlink()
                    self._key_file(id_).unlink()
                    removed.append(id_)
        return sorted(removed)

    def unwrap(self, certificate_id: str, wrapped: bytes) -> bytes:
        """Decrypt a symmetric key that was encrypted for one of the certificates; `decrypt` does so.

        Raises:
            UnknownCertificate: no certificate has this id.
            DecryptionFailed: it was not encrypted for this certificate.
        """
        certificate = self._known.get(certificate_id) or self._read().get(certificate_id)
        if certificate is None:
            raise UnknownCertificate(
                f"{self.path} has no certificate {id_for_log(certificate_id)!r}: it was removed, or the subscription "
                "was created with another folder"
            )
        self._touch(certificate_id)
        return certificate.unwrap(wrapped)

    def __iter__(self) -> Iterator[Certificate]:
        return iter(sorted(self._read().values(), key=lambda each: (each.not_before, each.id)))

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        return f"Certificates.folder({str(self.path)!r})"

    def _is_due(self, renew_before: timedelta) -> bool:
        return not self._read() or self.current.not_after < datetime.now(UTC) + renew_before

    def _make(self) -> Certificate:
        # It sorts by time, so that the later one of a second is the current one.
        id_ = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{token_hex(4)}"
        certificate, key = make_certificate(f"graph-meetings {id_}", self._lifetime)
        remove_unfinished(self.path)
        # The key first: a certificate without its key must never be given to the service.
        write_private(self._key_file(id_), key)
        write_private(self._certificate_file(id_), certificate)
        return self._read()[id_]

    @contextmanager
    def _making(self) -> Generator[None]:
        deadline = time.monotonic() + _SECONDS_TO_WAIT
        busy = BlockingIOError(f"another process is making a certificate in {self.path}")
        while True:
            try:
                lock = hold_lock(self.path / ".lock", busy)
                lock.__enter__()
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise CertificateError(f"{busy}; try again") from None
                time.sleep(_SECONDS_BETWEEN)
            else:
                break
        try:
            yield
        finally:
            lock.__exit__(None, None, None)

    def _read(self) -> Mapping[str, Certificate]:
        """Return the pairs in the folder; known pairs are not read again."""
        with self._lock:
            known = self._known
            pairs = {id_: known.get(id_) or self._load(id_) for id_ in self._ids()}
            self._known = {id_: pair for id_, pair in pairs.items() if pair is not None}
            return self._known

    def _ids(self) -> list[str]:
        return [path.stem for path in self.path.glob("*.pem") if self._key_file(path.stem).exists()]

    def _load(self, id_: str) -> Certificate | None:
        pem, key = self._certificate_file(id_), self._key_file(id_)
        if len(id_) > LONGEST_ID:
            raise CertificateError(f"the id of {pem} is its name, and must not have more than {LONGEST_ID} characters")
        try:
            return Certificate.from_pem(id_, pem.read_bytes(), read_private(key, _MAX_PEM_BYTES))
        except FileNotFoundError:  # another process has just removed it
            return None
        except ValueError as error:
            raise CertificateError(f"{pem} and {key.name} cannot be used: {error}; repair or remove them") from None

    def _touch(self, id_: str) -> None:
        now = time.time()
        if now - self._touched.get(id_, 0) > _SECONDS_BETWEEN_TOUCHES:
            self._touched[id_] = now
            with suppress(OSError):  # a read-only disk, where nothing is removed either
                os.utime(self._key_file(id_))

    def _certificate_file(self, id_: str) -> Path:
        return self.path / f"{id_}.pem"

    def _key_file(self, id_: str) -> Path:
        return self.path / f"{id_}.key"
