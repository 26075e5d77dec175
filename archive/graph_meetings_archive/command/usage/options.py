"""The options that commands share."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

from cyclopts import Group, Parameter

SignInMethod: TypeAlias = Literal[
    "default", "browser", "device-code", "cli", "secret", "certificate", "managed-identity"
]
CloudName: TypeAlias = Literal["global", "us-gov-l4", "us-gov-l5", "china"]
Flag: TypeAlias = Annotated[bool, Parameter(show_default=False)]
LogLevel: TypeAlias = Literal["error", "warning", "info", "debug"]
RowFormat: TypeAlias = Literal["table", "json", "jsonl", "csv"]
FeedName: TypeAlias = Literal[
    "recordings", "transcripts", "attendance", "call-records", "pstn-calls", "direct-routing-calls"
]
WatchedFeed: TypeAlias = Literal["recordings", "transcripts", "call-records"]
ArchiveFormat: TypeAlias = Literal["sqlite", "csv", "jsonl", "parquet", "duckdb"]
ReportFormat: TypeAlias = Literal["table", "json"]

SIGN_IN: Final = Group("Sign-in", sort_key=20)
COMMON: Final = Group("Common options", sort_key=21)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Connection:
    """Which service is asked, and who asks.

    Args:
        auth: How to sign in; the methods are azure-identity's.
        tenant: Id or domain of the tenant.
        client_id: Id of the app registration.
        secret_file: File with the client secret. Default: the variable AZURE_CLIENT_SECRET.
        certificate_file: File with the certificate and its private key. The password, if it has one, is taken from
            AZURE_CLIENT_CERTIFICATE_PASSWORD.
        cloud: Cloud of the tenant.
        base_url: URL of the service, including the version, instead of the cloud's.
        emulator: Use a local service with made-up data, to try commands without a tenant. With --base-url, use the
            graph-emulator that runs there.
        log_level: What to log on stderr. Tokens are never logged.
    """

    auth: Annotated[SignInMethod, Parameter(group=SIGN_IN)] = "default"
    tenant: Annotated[str | None, Parameter(group=SIGN_IN, env_var="AZURE_TENANT_ID")] = None
    client_id: Annotated[str | None, Parameter(group=SIGN_IN, env_var="AZURE_CLIENT_ID")] = None
    secret_file: Annotated[Path | None, Parameter(group=SIGN_IN)] = None
    certificate_file: Annotated[Path | None, Parameter(group=SIGN_IN, env_var="AZURE_CLIENT_CERTIFICATE_PATH")] = None
    cloud: Annotated[CloudName, Parameter(group=SIGN_IN)] = "global"
    base_url: Annotated[str | None, Parameter(group=SIGN_IN)] = None
    emulator: Annotated[bool, Parameter(group=SIGN_IN, show_default=False)] = False
    log_level: Annotated[LogLevel, Parameter(group=COMMON)] = "warning"


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Output:
    """How rows are printed.

    Args:
        format: Output format. Default: a table on a terminal, jsonl in a pipe.
    """

    format: Annotated[RowFormat | None, Parameter(group=COMMON, show_default=False)] = None


HERE: Final = Connection()
PLAIN: Final = Output()
