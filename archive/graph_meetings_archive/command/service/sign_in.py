"""Sign-in by azure-identity. Secrets come from the environment or a file, never from an argument."""

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graph_meetings_archive.command.output.messages import note
from graph_meetings_archive.command.usage.failures import CommandFailed
from graph_meetings_archive.command.usage.options import Connection

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

_SECRET: Final = "AZURE_CLIENT_SECRET"  # noqa: S105  the name of a variable
_PASSWORD: Final = "AZURE_CLIENT_CERTIFICATE_PASSWORD"  # noqa: S105  as above
_LONGEST_SECRET: Final = 10_000


def sign_in(connection: Connection, authority: str) -> "TokenCredential":
    """Return the credential for a connection; nothing is sent yet.

    Raises:
        CommandFailed: an option is missing, or has no effect with this way to sign in.
    """
    if connection.auth in {"browser", "device-code"}:
        return _interactive(connection, authority)
    if connection.auth in {"secret", "certificate"}:
        return _of_app(connection, authority)
    return _of_surroundings(connection, authority)


def _of_surroundings(connection: Connection, authority: str) -> "TokenCredential":
    from azure import identity  # noqa: PLC0415  it takes as long as everything else together

    if connection.auth == "cli":
        return identity.AzureCliCredential(tenant_id=connection.tenant or "")
    if connection.auth == "managed-identity":
        return identity.ManagedIdentityCredential(client_id=connection.client_id)
    if connection.tenant not in {None, os.environ.get("AZURE_TENANT_ID")}:
        raise CommandFailed(
            "--auth default ignores --tenant", hint="set AZURE_TENANT_ID, or choose how to sign in: --auth cli"
        )
    return identity.DefaultAzureCredential(authority=authority, managed_identity_client_id=connection.client_id)


def _interactive(connection: Connection, authority: str) -> "TokenCredential":
    from azure import identity  # noqa: PLC0415  as above

    client_id, tenant = _client_id(connection), connection.tenant or "organizations"
    if connection.auth == "device-code":
        return identity.DeviceCodeCredential(
            client_id, authority=authority, tenant_id=tenant, prompt_callback=_ask_for_code
        )
    return identity.InteractiveBrowserCredential(client_id=client_id, authority=authority, tenant_id=tenant)


def _ask_for_code(address: str, code: str, _until: datetime) -> None:
    """Prompt on stderr; azure-identity would prompt on stdout, among the rows."""
    note(f"To sign in, open {address} and enter the code {code}")


def _of_app(connection: Connection, authority: str) -> "TokenCredential":
    from azure import identity  # noqa: PLC0415  as above

    tenant, client_id = _tenant(connection), _client_id(connection)
    if connection.auth == "secret":
        return identity.ClientSecretCredential(tenant, client_id, _secret(connection), authority=authority)
    file = _certificate(connection)
    try:
        return identity.CertificateCredential(
            tenant, client_id, str(file), authority=authority, password=os.environ.get(_PASSWORD)
        )
    except ValueError:
        raise CommandFailed(
            f"cannot read a certificate and its private key from {file}",
            hint=f"it must be a PEM or PKCS12 file; its password, if it has one, belongs in {_PASSWORD}",
        ) from None


def _tenant(connection: Connection) -> str:
    return connection.tenant or _missing(connection, "--tenant or AZURE_TENANT_ID: the id of the tenant")


def _client_id(connection: Connection) -> str:
    return connection.client_id or _missing(
        connection, "--client-id or AZURE_CLIENT_ID: the id of an app registration that has the permissions"
    )


def _certificate(connection: Connection) -> Path:
    file = connection.certificate_file or Path(
        _missing(connection, "--certificate-file or AZURE_CLIENT_CERTIFICATE_PATH: certificate and private key")
    )
    if not file.is_file():
        raise CommandFailed(f"{file} is not a file", hint="--certificate-file names a PEM or PKCS12 file")
    return file


def _secret(connection: Connection) -> str:
    file = connection.secret_file
    if file is None:
        return os.environ.get(_SECRET) or _missing(connection, f"{_SECRET} or --secret-file: the client secret")
    try:
        with file.open(encoding="utf-8") as opened:
            secret = opened.read(_LONGEST_SECRET).strip()
    except (OSError, UnicodeDecodeError):
        raise CommandFailed(f"cannot read the secret from {file}", hint="--secret-file names a text file") from None
    if not secret:
        raise CommandFailed(f"{file} is empty", hint="--secret-file names a file that contains the client secret")
    return secret


def _missing(connection: Connection, what: str) -> str:
    raise CommandFailed(f"--auth {connection.auth} needs {what}")
