"""Files of comma-separated values, as their codec writes them."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from graph_meetings_archive.formats.codec import Rewriting
from graph_meetings_archive.formats.csv import CsvCodec
from graph_meetings_archive.storage.unit import Row, StoredTable
from graph_meetings_archive.tables import Column, ColumnType

TABLE = StoredTable(
    "texts",
    (
        Column("organizer_id", ColumnType.TEXT, "The first part of the key."),
        Column("text", ColumnType.TEXT, "Any text."),
        Column("id", ColumnType.TEXT, "The second part of the key."),
        Column("removed", ColumnType.BOOLEAN, "Always the last.", nullable=False),
    ),
    key=("organizer_id", "id"),
    owner=("organizer_id", "id"),
)
texts = st.text("a\"',;=\r\n \t", max_size=5) | st.text(st.characters(exclude_categories=["Cs"]), max_size=3)


@given(st.dictionaries(st.tuples(texts, texts), texts, min_size=2, max_size=5))
def test_rows_are_left_out_and_marked_by_their_owners(found: dict[tuple[str, str], str]) -> None:
    first, second, *_ = found
    rows: list[Row] = [(organizer, text, id_, False) for (organizer, id_), text in found.items()]
    with tempfile.TemporaryDirectory() as folder:
        source, target, expected = (Path(folder, name) for name in ("source", "target", "expected"))
        CsvCodec().write(TABLE, source, Rewriting(None, rows=rows))
        CsvCodec().write(TABLE, target, Rewriting(source, without={first}, removed={second}))
        CsvCodec().write(TABLE, expected, Rewriting(None, rows=[(*rows[1][:-1], True), *rows[2:]]))
        assert target.read_bytes() == expected.read_bytes()


def test_a_row_with_a_long_text_does_not_stand_in_the_way(tmp_path: Path) -> None:
    rows: list[Row] = [("ann", "long " * 50_000, "1", False), ("ann", "short", "2", False)]
    CsvCodec().write(TABLE, tmp_path / "source", Rewriting(None, rows=rows))
    for number, owner in enumerate((("ann", "1"), ("ann", "2"))):
        assert CsvCodec().write(TABLE, tmp_path / f"{number}", Rewriting(tmp_path / "source", without={owner})) == 1
