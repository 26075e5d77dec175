"""The reports of docs/tables.md give what plain Python gives."""

from collections import defaultdict
from decimal import Decimal
from statistics import fmean
from typing import Any

import pytest

from graph_meetings_archive import tables
from graph_meetings_emulator import Dataset
from graph_meetings_runtime.json_codec import JsonObject

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def log() -> list[JsonObject]:
    dataset = Dataset()
    dataset.add_organizer()
    january = dataset.add_log_rows("getPstnCalls", 40, start="2026-01-20T00:00:00Z")
    return [*january, *dataset.add_log_rows("getPstnCalls", 40, start="2026-02-03T00:00:00Z")]


@pytest.fixture(scope="module")
def streams() -> list[JsonObject]:
    """Return sessions of one call, with all that is in them."""
    dataset = Dataset()
    dataset.add_organizer()
    call = str(dataset.add_call_record(sessions=12, segments=1)["id"])
    path = ("communications", "callRecords", call, "sessions")
    return [
        {**dataset.find((*path, session)).properties, "segments": [*dataset.descendants((*path, session), "segments")]}
        for session in dataset.ids(path)
    ]


def test_pstn_costs_by_month_and_user_have_all_digits(log: list[JsonObject]) -> None:
    duckdb: Any = pytest.importorskip("duckdb")
    pandas: Any = pytest.importorskip("pandas")
    costs: dict[tuple[str, str | None], Decimal] = defaultdict(Decimal)
    for row in tables.pstn_calls.rows(log):
        costs[f"{row['start_date_time']:%Y-%m}", row["user_principal_name"]] += row["charge"]
    assert len({month for month, _ in costs}) > 1
    pstn_calls = tables.pstn_calls.to_arrow(log)
    connection = duckdb.connect()
    connection.register("pstn_calls", pstn_calls)
    found = connection.execute(
        "SELECT strftime(start_date_time, '%Y-%m'), user_principal_name, sum(charge) FROM pstn_calls GROUP BY ALL"
    ).fetchall()
    connection.close()
    assert {(month, user): cost for month, user, cost in found} == costs
    frame = pstn_calls.to_pandas(types_mapper=pandas.ArrowDtype)
    frame["month"] = frame["start_date_time"].dt.strftime("%Y-%m")
    summed = frame.groupby(["month", "user_principal_name"], dropna=False)["charge"].sum()
    assert sorted(summed.tolist()) == sorted(costs.values())


def test_packet_loss_by_subnet_is_the_mean_of_its_streams(streams: list[JsonObject]) -> None:
    duckdb: Any = pytest.importorskip("duckdb")
    pytest.importorskip("pandas")
    loss: dict[str | None, list[float]] = defaultdict(list)
    for row in tables.streams.rows(streams, call_id="c"):
        if row["average_packet_loss_rate"] is not None:
            loss[row["caller_network_subnet"]].append(row["average_packet_loss_rate"])
    assert loss
    expected = {subnet: pytest.approx(fmean(rates)) for subnet, rates in loss.items()}
    table = tables.streams.to_arrow(streams, call_id="c")
    connection = duckdb.connect()
    connection.register("streams", table)
    found = connection.execute(
        "SELECT caller_network_subnet, avg(average_packet_loss_rate) FROM streams "
        "WHERE average_packet_loss_rate IS NOT NULL GROUP BY 1"
    ).fetchall()
    connection.close()
    assert dict(found) == expected
    frame = tables.streams.to_pandas(streams, call_id="c")
    means = frame.groupby("caller_network_subnet", dropna=False)["average_packet_loss_rate"].mean().dropna()
    assert sorted(means.tolist()) == pytest.approx(sorted(fmean(rates) for rates in loss.values()))
