"""Names that the metadata marks deprecated warn once, where they are used."""

import copy
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from kiota_serialization_json.json_serialization_writer import JsonSerializationWriter

from graph_meetings import CallRecord
from graph_meetings_runtime.json_codec import JsonObject
from graph_meetings_runtime.models.field_mapping import fields_of
from graph_meetings_runtime.models.fields.deprecation import DeprecatedCollectionField, DeprecatedField, deprecated
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.property_types import Complex
from graph_meetings_runtime.models.values.edm import STRING

_NOTE = "Deprecated since 2023-11-06."


def new_class() -> type[Model]:
    """Make a class whose deprecated fields nobody has read yet."""

    class Owner(Model):
        name = Field("name", STRING)
        nick = DeprecatedField("nick", STRING, _NOTE)
        pets = DeprecatedCollectionField("pets", STRING, _NOTE)
        boss = DeprecatedField("boss", Complex(lambda: Owner), _NOTE)

    return Owner


def read(model: Model, field: str) -> object:
    return getattr(model, field)


def heard(use: Callable[[], object]) -> list[warnings.WarningMessage]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        use()
    return caught


def messages(use: Callable[[], object]) -> list[str]:
    return [str(warning.message) for warning in heard(use)]


@pytest.mark.parametrize("field", ["nick", "pets", "boss"])
@pytest.mark.parametrize("raw", [{}, {"nick": "Al", "pets": ["a"], "boss": {}}])
def test_the_first_read_warns_and_no_other(field: str, raw: JsonObject) -> None:
    owner = new_class()
    warning = f"Owner.{field}: {_NOTE}"
    assert messages(lambda: read(owner.from_raw(dict(raw)), field)) == [warning]
    assert messages(lambda: read(owner.from_raw(dict(raw)), field)) == []
    assert messages(lambda: read(owner.from_raw(dict(raw)), "name")) == []


def test_the_warning_is_about_the_line_that_reads() -> None:
    record = new_class().from_raw({"pets": ["a"]})
    with pytest.warns(DeprecationWarning, match=r"Owner\.pets: Deprecated since 2023-11-06\.") as caught:
        assert vars(type(record))["pets"].__get__(record, type(record)) == ["a"]
    assert [warning.filename for warning in caught] == [__file__]


def test_a_derived_class_does_not_warn_again() -> None:
    owner = new_class()
    derived: type[Model] = type("Derived", (owner,), {})
    assert len(messages(lambda: read(derived.from_raw({}), "nick"))) == 1
    assert messages(lambda: read(owner.from_raw({}), "nick")) == []


def test_where_warnings_are_errors_each_read_is_one() -> None:
    record = new_class().from_raw({"nick": "Al"})
    for _ in range(2):
        with pytest.raises(DeprecationWarning, match=r"Owner\.nick"):
            read(record, "nick")
    assert record.raw == {"nick": "Al"}


def test_nothing_but_reading_the_field_warns() -> None:
    # In the suite a warning is an error.
    owner = new_class()
    raw: JsonObject = {"nick": "Al", "pets": ["a"], "boss": {"nick": "Bo"}}
    record = owner(nick="Al", pets=["a"], boss=owner(nick="Bo"))
    assert record == owner.from_raw(raw)
    assert repr(record).startswith("Owner(nick='Al'")
    assert copy.copy(record) == copy.deepcopy(record) == record
    assert record.raw == raw
    assert b"Al" in record.to_json()
    assert record.to_dict()["boss"]["nick"] == "Bo"
    assert dict(record)["pets"] is record["pets"]
    writer = JsonSerializationWriter()
    record.serialize(writer)
    assert b"Al" in writer.get_serialized_content()
    assert len(record.get_field_deserializers()) == len(fields_of(owner))
    record_of_the_service = CallRecord.from_raw({"organizer": {"user": {"id": "1"}}, "participants": [{}]})
    assert pickle.loads(pickle.dumps(record_of_the_service)) == record_of_the_service
    assert CallRecord.participants.expand(select=[CallRecord.organizer]) == "participants($select=organizer)"


def test_a_filter_warns_too() -> None:
    owner = new_class()
    nick, pets = (fields_of(owner)[name] for name in ("nick", "pets"))
    assert isinstance(pets, DeprecatedCollectionField)
    assert messages(lambda: str(nick == "Al")) == [f"Owner.nick: {_NOTE}"]
    assert messages(lambda: str(nick == "Al")) == []
    assert messages(pets.any) == [f"Owner.pets: {_NOTE}"]
    assert messages(lambda: read(owner.from_raw({}), "pets")) == []


def test_the_properties_of_the_service_are_marked() -> None:
    marked = {name for name, field in fields_of(CallRecord).items() if isinstance(field, DeprecatedField)}
    assert marked == {"organizer", "participants"}


def test_a_function_warns_when_it_is_first_called() -> None:
    class Builder:
        @property
        @deprecated(_NOTE)
        def rival(self) -> int:
            """A number."""
            return 1

        @deprecated(_NOTE)
        def born(self, *, since: int) -> int:
            return since

    builder = Builder()
    found = heard(lambda: (builder.rival, builder.born(since=3), builder.rival, builder.born(since=4)))  # pyright: ignore[reportDeprecated]  the point
    name = "test_a_function_warns_when_it_is_first_called.<locals>.Builder"
    assert [str(warning.message) for warning in found] == [f"{name}.rival: {_NOTE}", f"{name}.born: {_NOTE}"]
    assert {warning.filename for warning in found} == {__file__}
    assert builder.born(since=5) == 5  # pyright: ignore[reportDeprecated]  the point
    assert Builder.born.__name__ == "born"  # pyright: ignore[reportDeprecated]  the point


_PROGRAM = """
import asyncio
from graph_meetings import GraphMeetingsClient
from graph_meetings_emulator import Emulator

async def main():
    with Emulator() as emulator:
        async with GraphMeetingsClient(emulator.credential, base_url=emulator.base_url) as graph:
            found = 0
            async for record in graph.communications.call_records.list():
                assert record.organizer == record.organizer
                found += 1
            assert found > 1

asyncio.run(main())
"""


@pytest.mark.slow
def test_a_program_hears_once_of_a_property_of_many_records(tmp_path: Path) -> None:
    # In a process of its own: here, another test may have read the property already.
    program = tmp_path / "program.py"
    program.write_text(_PROGRAM)
    line = _PROGRAM.splitlines().index("                assert record.organizer == record.organizer") + 1
    command = [sys.executable, "-W", "always::DeprecationWarning:__main__", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    said = "CallRecord.organizer: Deprecated since 2023-11-06, to be removed on 2026-11-06."
    assert done.stderr.splitlines() == [
        f"{program}:{line}: DeprecationWarning: {said}",
        "  assert record.organizer == record.organizer",
    ]
