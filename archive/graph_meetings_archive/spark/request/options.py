"""Spark's options of a read, checked on the driver before anything is sent."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, NoReturn

from msgspec import Struct

from graph_meetings import Cloud, tables
from graph_meetings_runtime.numeric_arguments import checked_rate
from graph_meetings_runtime.suggestion import suggestion
from graph_meetings_runtime.tables.table import Table

TABLES: Final[Mapping[str, Table]] = {table.name: table for table in tables.ALL}
CLOUDS: Final[Mapping[str, Cloud]] = {cloud.name.lower().replace("_", "-"): cloud for cloud in Cloud}
_SECRET_NAME: Final = re.compile(r"token|secret|password|authorization|api_?key", re.IGNORECASE)
_SECRET_VALUE: Final = re.compile(r"\beyJ[\w-]+\.|\bBearer\s", re.IGNORECASE)
_FACTORY: Final = re.compile(r"([A-Za-z_]\w*\.)+[A-Za-z_]\w*", re.ASCII)


class OptionError(ValueError):
    """An option is missing, unknown or malformed."""


class Options(Struct, frozen=True, kw_only=True):
    """The options of a read. None of them is secret, because Spark shows them and sends them to every executor.

    Args:
        table: the name of the table.
        columns: those that are read; empty for all of them.
        raw: whether to add the JSON of each row's object.
        organizers: whose artifacts: ids and names, `users`, `call-records`, `group:ID`, or the path of a file.
        since: only what was created or started at that moment or later.
        until: only what was created or started before that moment.
        cloud: of the tenant.
        base_url: replaces the root of the cloud, including the API version.
        credential: the import path of a function or class that returns a credential.
        parallelism: how many partitions Spark reads at a time.
        concurrency: the most requests in flight at once, in all of them.
        rate: the most requests that start per second, in all of them; `None` for as many as the service accepts.
        organizers_per_partition: the most organizers, or meetings, of a partition.
        hours_per_partition: the longest time that a partition covers.
        unreadable_organizers: `fail`, or `skip` to leave out those that cannot be read.
        push_filters: whether Spark's filters narrow the requests.
        journal: the folder where a stream keeps its rounds.
        among: the ids, in lower case, of the only organizers whose rows Spark wants, or `None` for all. This is not an
            option.
    """

    table: str
    columns: tuple[str, ...] = ()
    raw: bool = False
    organizers: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    cloud: str = "global"
    base_url: str | None = None
    credential: str = "azure.identity.DefaultAzureCredential"
    parallelism: int = 8
    concurrency: int = 16
    rate: float | None = None
    organizers_per_partition: int = 100
    hours_per_partition: int = 24
    unreadable_organizers: str = "fail"
    push_filters: bool = False
    journal: str | None = None
    among: frozenset[str] | None = None

    @property
    def skips_unreadable(self) -> bool:
        """Whether organizers that cannot be read are left out."""
        return self.unreadable_organizers == "skip"


def read_options(given: Mapping[str, str]) -> Options:
    """Parse the options, which Spark passes as strings.

    Raises:
        OptionError: one is wrong; the message names the first.
    """
    values: dict[str, object] = {}
    for name, text in given.items():
        _refuse_secret(name, text)
        if name not in _READERS:
            hint = suggestion(name, _READERS, f"options are {', '.join(_READERS)}")
            raise OptionError(f"unknown option {name!r}; {hint}")
        values[name] = _READERS[name](name, text)
    if "table" not in values:
        raise OptionError(f"option 'table' is missing: add .option(\"table\", …) with one of {', '.join(TABLES)}")
    options = Options(**values)  # type: ignore[arg-type]  # each reader returns what its field holds
    if options.since is not None and options.until is not None and options.since >= options.until:
        raise OptionError("option 'until' must be after option 'since'")
    return options


def _refuse_secret(name: str, text: str) -> None:
    if (_SECRET_NAME.search(name) and name not in _READERS) or _SECRET_VALUE.search(text):
        raise OptionError(
            f"option {name!r} looks like a secret, and Spark shows options in plans and logs; remove it, and name a "
            "function that returns a credential on each executor: option 'credential'"
        )


def _text(_: str, text: str) -> str:
    return text


def _flag(name: str, text: str) -> bool:
    return _choice(name, text.lower(), ("true", "false")) == "true"


def _one_of(known: Mapping[str, object] | tuple[str, ...]) -> Callable[[str, str], str]:
    return lambda name, text: _choice(name, text, known)


def _choice(name: str, text: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    if text not in known:
        hint = suggestion(text, known, f"values are {', '.join(known)}")
        raise OptionError(f"option {name!r}: unknown value {text!r}; {hint}")
    return text


def _names(name: str, text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(","))
    if not all(names):
        _malformed(name, text, "column names with commas between them")
    return names


def _count(name: str, text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII):
        _malformed(name, text, "a whole number, at least 1")
    return int(text)


def _rate(name: str, text: str) -> float | None:
    try:
        return checked_rate(float(text))
    except ValueError:
        _malformed(name, text, "a number of requests a second, above 0")


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        _malformed(name, text, "a date and time like 2026-01-31T14:00Z, or a date")
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    if len(text) > len("2026-01-31"):
        _malformed(name, text, "a date, or a time with its UTC offset, such as 2026-01-31T14:00Z")
    return moment.replace(tzinfo=UTC)


def _import_path(name: str, text: str) -> str:
    if not _FACTORY.fullmatch(text):
        # The value may be the secret itself.
        raise OptionError(
            f"option {name!r} must be the import path of a function that returns a credential, such as "
            "azure.identity.DefaultAzureCredential"
        )
    return text


def _malformed(name: str, text: str, expected: str) -> NoReturn:
    raise OptionError(f"option {name!r} must be {expected}, not {text!r}")


_READERS: Final[Mapping[str, Callable[[str, str], object]]] = {
    "table": _one_of(TABLES),
    "columns": _names,
    "raw": _flag,
    "organizers": _text,
    "since": _moment,
    "until": _moment,
    "cloud": _one_of(CLOUDS),
    "base_url": _text,
    "credential": _import_path,
    "parallelism": _count,
    "concurrency": _count,
    "rate": _rate,
    "organizers_per_partition": _count,
    "hours_per_partition": _count,
    "unreadable_organizers": _one_of(("fail", "skip")),
    "push_filters": _flag,
    "journal": _text,
}
