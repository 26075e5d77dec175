"""The tables of the documentation, and its list of calls, match the generated operations."""

import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest

from graph_meetings import Cloud, beta
from graph_meetings.operations import OPERATIONS
from graph_meetings_notifications import CallRecords, Recordings, Resource, Transcripts
from graph_meetings_runtime.operations.operation import Operation, Permissions
from graph_meetings_runtime.operations.query_options import QueryOptions
from tests.docs.documented_calls import calls, roots_of_calls

DOCS = Path(__file__).parents[2] / "docs"
CLOUDS = {
    Cloud.GLOBAL: "Global",
    Cloud.US_GOV_L4: "US Gov L4",
    Cloud.US_GOV_L5: "US Gov L5",
    Cloud.CHINA: "China",
}

Cells: TypeAlias = tuple[str, ...]


def table(header: Cells, rows: Iterable[Cells]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, ("---",) * len(header), *rows))


def request(operation: Operation) -> str:
    return f"`{re.sub(r'[(][^)]*[)]', '(…)', operation.path)}`"


def in_clouds(operation: Operation) -> Cells:
    return tuple(
        "no" if cloud in operation.missing_in else "?" if cloud in operation.doubtful_in else "yes" for cloud in CLOUDS
    )


def clouds() -> str:
    rows = ((request(operation), *in_clouds(operation)) for operation in OPERATIONS)
    return table(("request in v1.0", *CLOUDS.values()), rows)


def clouds_of_beta() -> str:
    operations = beta.GraphMeetingsClient.operations
    [(usual, _)] = Counter(map(in_clouds, operations)).most_common(1)
    rows = [(request(operation), *in_clouds(operation)) for operation in operations if in_clouds(operation) != usual]
    return table(("request in beta", *CLOUDS.values()), [*rows, ("every other one", *usual)])


def permissions() -> str:
    requests: dict[Permissions, list[str]] = {}
    for operation in (*OPERATIONS, *beta.GraphMeetingsClient.operations):
        same = requests.setdefault(operation.permissions, [])
        if (name := request(operation)) not in same:
            same.append(name)
    rows = (
        (
            "<br>".join(names) + (f", depending on {needed.depends_on}" if needed.depends_on else ""),
            "<br>".join(needed.delegated) or "no",
            "<br>".join(needed.application) or "no",
            "yes" if needed.needs_access_policy else "no",
        )
        for needed, names in requests.items()
    )
    return table(("request", "delegated", "application", "access policy"), rows)


def query_options() -> str:
    requests: dict[QueryOptions, list[str]] = {}
    for version, operations in (("v1.0", OPERATIONS), ("beta", beta.GraphMeetingsClient.operations)):
        for operation in operations:
            options = operation.options
            assert options is not None
            known = requests.setdefault(options, [])
            if (name := request(operation)) not in known:
                is_other = any(name in names for other, names in requests.items() if other != options)
                known.append(f"{name} ({version})" if is_other and version == "beta" else name)
    rows = (
        (
            "<br>".join(names),
            in_code(options.listed) or "none",
            "<br>".join(f"`{text}`" for text in options.filters),
            in_code(options.ignored),
            in_code(refusal.option for refusal in options.refused),
        )
        for options, names in requests.items()
    )
    return table(("request", "documented", "`$filter` by", "ignored", "refused"), rows)


def in_code(names: Iterable[str]) -> str:
    return " ".join(f"`${name}`" for name in names)


def roots() -> str:
    rows = ((f"`Cloud.{cloud.name}`", name, cloud.root, cloud.authority) for cloud, name in CLOUDS.items())
    return table(("cloud", "", "service", "authority"), rows)


def resources() -> str:
    rows: list[Cells] = []
    for kind in (Recordings, Transcripts, CallRecords):
        for name in (name for base in kind.__mro__ for name in vars(base) if name.startswith("of_")):
            make: Callable[..., Resource] = getattr(kind, name)
            ids = inspect.signature(make).parameters
            rows.append((f"`{kind.__name__}.{name}({'id' if ids else ''})`", *cells(make("id") if ids else make())))
    header = ("in Python", "`resource`", "change types", "longest life", "permission", "delegated", "resource data")
    return table(header, rows)


def cells(resource: Resource) -> Cells:
    return (
        f"`{resource.path.replace('/id/', '/{id}/')}`",
        ", ".join(resource.change_types),
        f"{resource.longest_life // timedelta(minutes=1):,} min",
        resource.application or "no",
        "yes" if resource.delegated else "no",
        "yes" if resource.has_resource_data else "no",
    )


PAGES: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "clouds-and-permissions.md": {
        "roots": roots,
        "clouds": clouds,
        "clouds of beta": clouds_of_beta,
        "permissions": permissions,
    },
    "notifications.md": {"resources": resources},
    "reference/calls.md": {f"calls of {root}": partial(calls, root) for root in roots_of_calls()},
    "reference/query-options.md": {"query options": query_options},
}


def with_tables(page: str, tables: Mapping[str, Callable[[], str]]) -> Iterator[str]:
    parts = re.split(r"(?<=\n)<!-- table: (.+) -->\n\n(?:(?:(?:\||- ).*\n)+\n)?", page)
    assert set(parts[1::2]) == set(tables)
    for place, part in enumerate(parts):
        yield f"<!-- table: {part} -->\n\n{tables[part]()}\n\n" if place % 2 else part


def test_every_cloud_has_a_column() -> None:
    assert set(CLOUDS) == set(Cloud)


@pytest.mark.parametrize("name", PAGES)
def test_the_tables_are_those_of_the_operations(tmp_path: Path, name: str) -> None:
    page = DOCS / name
    right = tmp_path / page.name
    right.write_text("".join(with_tables(page.read_text(), PAGES[name])))
    assert page.read_text() == right.read_text(), f"{right} is the right page; copy it"


def test_both_versions_need_the_same_permissions() -> None:
    of_beta = {operation.path: operation.permissions for operation in beta.GraphMeetingsClient.operations}
    shared = [operation for operation in OPERATIONS if operation.path in of_beta]
    assert len(shared) > 90
    assert {operation.path: operation.permissions for operation in shared}.items() <= of_beta.items()
