"""An archive whose tables are those of another release: if they have other columns, it is left as it is."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from graph_meetings import GraphMeetingsClient
from graph_meetings_archive import Archive, ArchiveMismatch, FormatName
from graph_meetings_runtime.version import VERSION
from tests.archive.conftest import journal_of, refused
from tests.support import archived
from tests.support.earlier import change_schemas

each_format = pytest.mark.parametrize("format", archived.FORMATS)


@each_format
@pytest.mark.parametrize(
    ("earlier", "difference"),
    [
        ("replace(value, ',\"removed\":\"boolean\"', '')", "recordings has no column removed"),
        ('replace(value, \'"organizer_id":"text","id"\', \'"id":"text","organizer_id"\')', "are in another order"),
        ('replace(value, \'"key":["organizer_id","id"]\', \'"key":["id"]\')', "is id, not organizer_id, id"),
        ("replace(value, '\"subject\":', '\"topic\":')", "meetings has a column topic, which this release does not"),
        ('replace(value, \'"subject":"text"\', \'"subject":"json"\')', "meetings.subject is json, not text"),
        ("replace(value, '\"meetings\"', '\"parties\"')", "this release has no table parties"),
        ("'62cdb7020ff920e5aa642c3d4066950dd1f01f4d'", "its schemas are in a form that this release does not know"),
    ],
)
async def test_an_archive_with_other_columns_is_refused_and_left_as_it_is(
    offline: GraphMeetingsClient, filled: Path, tmp_path: Path, format: FormatName, earlier: str, difference: str
) -> None:
    shutil.copytree(filled / format, tmp_path, dirs_exist_ok=True)
    with sqlite3.connect(journal_of(tmp_path, format)) as connection:
        connection.execute(f"UPDATE graph_meetings_about SET value = {earlier} WHERE name = 'tables'")  # noqa: S608  ours
    connection.close()
    error = await refused(tmp_path, offline)
    assert isinstance(error, ArchiveMismatch)
    assert difference in str(error)
    assert f"Use graph-meetings {VERSION}, which wrote it, or export into a new folder;" in str(error)
    assert str(error).endswith("nothing was changed")


async def test_an_archive_that_does_not_say_which_release_wrote_it_is_refused_all_the_same(
    offline: GraphMeetingsClient, filled: Path, tmp_path: Path
) -> None:
    shutil.copytree(filled / "sqlite", tmp_path, dirs_exist_ok=True)
    with sqlite3.connect(tmp_path / "archive.sqlite") as connection:
        connection.execute("UPDATE graph_meetings_about SET value = '{\"a\": 1}' WHERE name = 'tables'")
        connection.execute("DELETE FROM graph_meetings_about WHERE name = 'release'")
    connection.close()
    assert "Use the release that wrote it, or export into a new folder" in str(await refused(tmp_path, offline))


async def test_an_archive_without_a_table_that_is_new_gets_it(
    offline: GraphMeetingsClient, filled: Path, tmp_path: Path
) -> None:
    shutil.copytree(filled / "sqlite", tmp_path, dirs_exist_ok=True)
    with sqlite3.connect(tmp_path / "archive.sqlite") as connection:
        change_schemas(connection, lambda schemas: schemas.pop("pstn_calls"))
        connection.execute("DROP TABLE pstn_calls")
    connection.close()
    async with Archive(tmp_path, offline):
        pass
    assert archived.rows(tmp_path, "pstn_calls") == []


@pytest.mark.parametrize("format", ["sqlite", "duckdb"])
async def test_a_table_that_another_program_has_changed_is_refused(
    offline: GraphMeetingsClient, filled: Path, tmp_path: Path, format: FormatName
) -> None:
    shutil.copytree(filled / format, tmp_path, dirs_exist_ok=True)
    connect: Callable[[str], Any] = sqlite3.connect if format == "sqlite" else duckdb.connect
    connection = connect(str(tmp_path / f"archive.{format}"))
    connection.execute("ALTER TABLE meetings DROP COLUMN subject")
    connection.commit()
    connection.close()
    error = await refused(tmp_path, offline)
    assert isinstance(error, ArchiveMismatch)
    assert "meetings has no column subject" in str(error)
