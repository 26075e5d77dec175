"""Keys of entities: never `None` when read, and nothing but reading needs one."""

import contextlib
import copy
import inspect
import pickle
import traceback
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_meetings import AttendanceRecord
from graph_meetings_runtime import FieldError, Filter, MissingKey
from graph_meetings_runtime.json_codec import JsonObject, JsonValue
from graph_meetings_runtime.models.field_mapping import fields_of
from graph_meetings_runtime.models.fields.field import Field, KeyField
from graph_meetings_runtime.models.fields.renamed import RenamedField
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.models.property_types import Complex
from graph_meetings_runtime.models.values.edm import GUID, INT32, STRING


class Book(Model, odata_type="test.book"):
    id = KeyField("id", STRING)
    title = Field("title", STRING)
    sequel = Field("sequel", Complex(lambda: Book))


class Shelf(Model, odata_type="test.shelf"):
    row = KeyField("rowNumber", INT32)
    place = RenamedField(row)


class Loan(Model, odata_type="test.loan"):
    ticket = KeyField("ticket", GUID)


TICKET = "12345678-1234-5678-1234-567812345678"
WITHOUT: list[JsonObject] = [{}, {"id": None}, {"title": "Emma", "sequel": {}}]


def test_a_key_is_read_as_its_own_type() -> None:
    assert Book.from_raw({"id": "b"}).id == "b"
    assert Shelf.from_raw({"rowNumber": 7}).row == 7
    assert Loan.from_raw({"ticket": TICKET}).ticket == UUID(TICKET)


def test_on_the_class_a_key_is_part_of_a_query() -> None:
    condition: Filter = Book.id == "b"
    assert str(condition) == "id eq 'b'"
    assert Shelf.row.wire_name == "rowNumber"


@pytest.mark.parametrize("raw", WITHOUT)
def test_reading_a_missing_key_says_how_to_get_it(raw: JsonObject) -> None:
    book = Book.from_raw(raw)
    with pytest.raises(MissingKey) as caught:
        _ = book.id
    assert str(caught.value) == (
        "Book.id: the object has no 'id'; add it to select=, or use .get('id') where it may be missing"
    )
    assert (caught.value.model, caught.value.field, caught.value.value) == ("Book", "id", None)
    assert isinstance(caught.value, FieldError)
    with pytest.raises(MissingKey, match=r"Shelf\.row: the object has no 'rowNumber'.*use \.get\('row'\)"):
        _ = Shelf().row


@pytest.mark.parametrize("raw", WITHOUT)
def test_a_model_without_its_key_works_otherwise(raw: JsonObject) -> None:
    book = Book.from_raw(raw)
    assert book == Book.from_raw(dict(raw))
    assert book != Book(id="b")
    assert repr(book).startswith("Book(")
    assert copy.copy(book) == copy.deepcopy(book) == pickle.loads(pickle.dumps(book)) == book
    assert (book.get("id"), book["id"], dict(book)["id"], book.to_dict()["id"]) == (None, None, None, None)
    assert "id" in book
    assert Book.from_json(book.to_json()) == book
    inspect.getmembers(book)


def test_code_that_asks_for_any_attribute_takes_the_key_for_absent() -> None:
    assert not hasattr(Book(), "id")
    assert hasattr(Book(id="b"), "id")
    assert getattr(Book(), "id", "none") == "none"
    match Book(title="Emma"):
        case Book(id="b"):
            pytest.fail("it has no id")
        case Book(title=title):
            assert title == "Emma"


def test_a_key_can_be_given_and_taken_away() -> None:
    book = Book()
    book.id = "b"
    assert book.id == "b"
    del book.id
    assert not hasattr(book, "id")


def test_the_former_name_of_a_key_reads_it_too() -> None:
    with pytest.warns(DeprecationWarning, match="use row"):
        assert Shelf(row=7).place == 7  # pyright: ignore[reportDeprecated]  the point
    with pytest.warns(DeprecationWarning, match="use row"), pytest.raises(MissingKey):
        _ = Shelf().place  # pyright: ignore[reportDeprecated]  the point


def test_the_error_can_be_pickled_and_keeps_no_model() -> None:
    secret = Book(title="secret")
    with pytest.raises(MissingKey) as caught:
        _ = secret.id
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again), again.field) == (MissingKey, str(caught.value), "id")
    assert caught.value.obj is None
    assert "Did you mean" not in "".join(traceback.format_exception(caught.value))


VALUES: st.SearchStrategy[JsonValue] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(), st.uuids().map(str), st.lists(st.integers(), max_size=1)
)


@pytest.mark.parametrize(("model", "key", "type_"), [(Book, "id", str), (Shelf, "row", int), (Loan, "ticket", UUID)])
@given(value=VALUES)
def test_a_key_is_of_its_type_or_a_field_error(model: type[Model], key: str, type_: type, value: JsonValue) -> None:
    raw = {fields_of(model)[key].wire_name: value}
    instance = model.from_raw(dict(raw))
    with contextlib.suppress(FieldError):
        assert type(getattr(instance, key)) is type_
    assert instance.raw == raw


def test_an_entity_that_the_service_sends_without_its_key_has_none() -> None:
    assert AttendanceRecord().id is None
    assert AttendanceRecord(id="3").id == "3"
