"""Random query options, each with what a strict service must read."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graph_meetings_emulator.odata.filter_syntax import parse_filter
from graph_meetings_emulator.odata.query import Expansion, Query, sort_keys
from graph_meetings_emulator.odata.schema import item_type
from graph_meetings_runtime.models.field_mapping import fields_of
from graph_meetings_runtime.models.fields.field import Expansion as FieldExpansion
from graph_meetings_runtime.models.fields.field import Field
from graph_meetings_runtime.models.model import Model
from graph_meetings_runtime.operations.operation import Operation, Returns
from tools.soak.fuzzing.hostile_text import is_encodable, text
from tools.soak.fuzzing.requests.filter_expressions import condition, tree_of

_DEEPEST: Final = 2
_Expanded = tuple[str, tuple[str, ...] | None, tuple[Any, ...]]


@dataclass(slots=True)
class Options:
    """Query options of a request.

    Attributes:
        keywords: keyword arguments for the builder.
        expected: what the service must read, by option.
        search: the text of `$search`, which the emulator does not support.
        is_encodable: whether all of it can be part of a URL.
    """

    keywords: dict[str, Any] = field(default_factory=dict[str, Any])
    expected: dict[str, Any] = field(default_factory=dict[str, Any])
    search: str | None = None
    is_encodable: bool = True


def options_for(operation: Operation, chance: random.Random) -> Options:
    """Return random options that an operation supports."""
    options = Options()
    if operation.returns is Returns.STREAM:
        if chance.random() < 0.5:
            _say(options, "format", text(chance))
        return options
    model = operation.model
    if chance.random() < 0.3:
        _select(options, model, chance)
    if chance.random() < 0.3:
        _expand(options, model, chance)
    if operation.returns is Returns.MANY:
        _add_those_of_collections(options, model, chance)
    if operation.options and operation.options.is_advanced:
        options.expected["count"] = True
    return options


def read_back(query: Query, options: Options, model: type[Model]) -> Mapping[str, Any]:
    """Return what the service read, by option, in the form of `Options.expected`."""
    found: dict[str, Any] = {"select": query.select, "format": query.format, "top": query.top, "count": query.count}
    found["expand"] = tuple(_expanded(item) for item in query.expand)
    found["orderby"] = None if query.orderby is None else sort_keys(query.orderby, model)
    is_tree = isinstance(options.expected.get("filter"), tuple)
    found["filter"] = tree_of(parse_filter(query.filter)) if is_tree and query.filter else query.filter
    return {name: value for name, value in found.items() if value}


def _add_those_of_collections(options: Options, model: type[Model], chance: random.Random) -> None:
    roll = chance.random()
    if roll < 0.5:
        made = condition(model, chance)
        options.keywords["filter"] = made.filter if roll < 0.4 else str(made.filter)
        options.expected["filter"] = made.tree
        options.is_encodable &= made.is_encodable
    elif roll < 0.7:
        _say(options, "filter", text(chance))
    if chance.random() < 0.2:
        _order(options, model, chance)
    if chance.random() < 0.2:
        options.keywords["top"] = options.expected["top"] = chance.randrange(1, 10**5)
    if chance.random() < 0.2:
        options.keywords["count"] = chance.random() < 0.5
        options.expected["count"] = options.keywords["count"]
    if chance.random() < 0.2:
        options.keywords["search"] = options.search = text(chance)
        options.is_encodable &= is_encodable(options.search)


def _say(options: Options, name: str, value: str) -> None:
    options.keywords[name] = options.expected[name] = value
    options.is_encodable &= is_encodable(value)


def _select(options: Options, model: type[Model], chance: random.Random) -> None:
    fields = _some(list(fields_of(model).values())[1:], chance)
    names = [chosen.wire_name for chosen in fields]
    forms: tuple[object, ...] = (fields, names, ",".join(names), tuple(fields), iter(fields))
    options.keywords["select"] = chance.choice(forms)
    options.expected["select"] = tuple(names)


def _order(options: Options, model: type[Model], chance: random.Random) -> None:
    chosen = [(one, chance.random() < 0.5) for one in _some(list(fields_of(model).values())[1:], chance)]
    terms: list[object] = [f"{one.wire_name} desc" if descends else one for one, descends in chosen]
    options.keywords["orderby"] = terms
    options.expected["orderby"] = chosen


def _expand(options: Options, model: type[Model], chance: random.Random) -> None:
    made = [_expansion(one, chance, 0) for one in _some(_leading(model), chance)]
    options.keywords["expand"] = [item for item, _ in made]
    options.expected["expand"] = tuple(expected for _, expected in made)


def _expansion(one: Field[Any], chance: random.Random, depth: int) -> tuple[FieldExpansion, _Expanded]:
    target = _target(one)
    chosen = _some(_leading(target), chance) if depth < _DEEPEST else []
    inner = [_expansion(other, chance, depth + 1) for other in chosen]
    select = _some(list(fields_of(target).values())[1:], chance) if chance.random() < 0.5 else []
    made = one.expand(*(item for item, _ in inner), select=select)
    names = tuple(chosen.wire_name for chosen in select) or None
    return made, (one.wire_name, names, tuple(expected for _, expected in inner))


def _expanded(item: Expansion) -> _Expanded:
    return item.name, item.query.select, tuple(_expanded(inner) for inner in item.query.expand)


def _leading(model: type[Model]) -> Sequence[Field[Any]]:
    return [one for one in fields_of(model).values() if item_type(one).factory is not None]


def _target(one: Field[Any]) -> type[Model]:
    factory = item_type(one).factory
    assert factory is not None, f"{one.name} has no objects"
    return factory()


def _some(fields: Sequence[Field[Any]], chance: random.Random) -> list[Field[Any]]:
    return chance.sample(fields, min(len(fields), chance.randrange(1, 4)))
