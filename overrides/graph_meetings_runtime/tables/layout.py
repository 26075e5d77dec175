"""How a table is read: its levels with their readers, and what callers give."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import cast

from msgspec import Struct, structs

from graph_meetings_runtime.json_codec import JsonObject
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.suggestion import suggestion
from graph_meetings_runtime.tables.column import Column, Level
from graph_meetings_runtime.tables.reading import ColumnReader


class Layout:
    """The levels of a table.

    Args:
        name: of the table.
        levels: from the outermost in.

    Attributes:
        of_class: the level of each class of models that has been met.
    """

    def __init__(self, name: str, levels: tuple[Level, ...]) -> None:
        self.name = name
        self.levels = levels
        self.of_class: dict[type, int] = {}

    @cached_property
    def readers(self) -> tuple[ColumnReader, ...]:
        """The reader of each level."""
        return tuple(ColumnReader(level.columns) for level in self.levels)

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """The columns by name."""
        return {column.name: column for level in self.levels for column in level.columns}

    @cached_property
    def required(self) -> Sequence[tuple[str, int]]:
        """The columns that cannot be null, with their positions."""
        return [(column.name, position) for position, column in enumerate(self.columns.values()) if not column.nullable]

    def below(self, given: Iterable[str]) -> int:
        """Return the level below all columns that the caller gives although objects have them.

        JSON objects that do not name their type are of this level: a caller who passes `call_id` has not the call, but
        its sessions.
        """
        names = frozenset(given)
        levels = (
            number + 1
            for number, level in enumerate(self.levels[:-1])
            for column in level.columns
            if column.name in names and not column.is_given
        )
        return max(levels, default=0)

    def start(self, item: object, otherwise: int) -> tuple[int, JsonObject]:
        """Return the level of an item, and its JSON object.

        Args:
            item: a model, a `Cue` or a JSON object.
            otherwise: the level of a JSON object that does not name its type.

        Raises:
            TypeError: rows are not made of such items.
        """
        if isinstance(item, Model):
            level = self.of_class[type(item)] = self._level_of_class(type(item))
            return level, item.raw
        if isinstance(item, dict):
            raw = cast("JsonObject", item)
            return self._level_of_json(raw, otherwise), raw
        if isinstance(item, Struct):
            return self._level_of_class(type(item)), structs.asdict(item)
        raise self._wrong_item(type(item).__name__)

    def size(self, start: int, item: JsonObject) -> int:
        """Return how many objects an item is, together with those of the next level that it lists."""
        listed = item.get(self.levels[start + 1].property)
        return 1 + len(cast("list[object]", listed)) if isinstance(listed, list) else 1

    def _level_of_class(self, class_: type) -> int:
        """Return the level whose objects are of a class: a model's, or `Cue`."""
        for base in class_.__mro__:
            name = vars(base).get("_odata_type", base.__name__)
            for number, level in enumerate(self.levels):
                if level.type == name:
                    return number
        raise self._wrong_item(class_.__name__)

    def _wrong_item(self, name: str) -> TypeError:
        types = " or ".join(level.type.rpartition(".")[2] for level in self.levels)
        return TypeError(f"{self.name}: rows are made of {types}, not of {name}")

    def _level_of_json(self, item: JsonObject, otherwise: int) -> int:
        """Return the level that a JSON object names."""
        type_ = item.get("@odata.type")
        named = (
            [] if type_ is None else [number for number, level in enumerate(self.levels) if type_ == f"#{level.type}"]
        )
        return named[0] if named else otherwise

    def parent(self, name: str) -> Column:
        """Return the column that a keyword gives.

        Raises:
            TypeError: there is none.
        """
        above = [column for level in self.levels[:-1] for column in level.columns]
        parents = {
            column.name: column for column in (*above, *self.levels[-1].columns) if column in above or column.is_given
        }
        if name in parents:
            return parents[name]
        hint = suggestion(name, parents, f"known are {', '.join(parents)}" if parents else "it has none")
        raise TypeError(f"{self.name}: unknown parent {name!r}; {hint}")

    def check_parents(self, start: int, given: Mapping[str, object]) -> None:
        """Raise an error if the items do not know what the caller must say.

        Raises:
            TypeError: with the name of each keyword.
        """
        needed = [column for level in self.levels[:start] for column in level.columns]
        needed += [column for level in self.levels[start:] for column in level.columns if not column.path]
        above = {column.name for column in needed}
        for name in given:
            if name not in above and not self.columns[name].is_given:
                raise TypeError(f"{self.name}: the items say {name} themselves; remove that argument")
        missing = [column.name for column in needed if not column.nullable and column.name not in given]
        if missing:
            keywords = ", ".join(f"{name}=…" for name in missing)
            raise TypeError(f"{self.name}: the items do not say what they belong to; add {keywords}")
