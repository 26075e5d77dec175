"""What a commit changes, once it is known what the archive has already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph_meetings_archive.storage.unit import INCOMPLETE, Batch, Key, Unit, UnitId, unit_id


@dataclass(frozen=True, slots=True)
class Known:
    """What the journal knows of a unit.

    Args:
        part: the number of the part that its rows are in.
        rank: its version.
        mark: a digest of what its rows were made from.
        is_removed: whether its rows say that the service has removed it.
        has_content: whether its content is in the archive; `None` if it has none.
    """

    part: int
    rank: int
    mark: bytes
    is_removed: bool
    has_content: bool | None

    @property
    def is_incomplete(self) -> bool:
        """Whether it was read with malformed values, and has to be read again."""
        return self.mark == INCOMPLETE


@dataclass(frozen=True, slots=True)
class KindChanges:
    """What a commit changes of one kind.

    Args:
        added: units that the archive does not have.
        replaced: units whose rows take the place of earlier ones.
        removed: units whose rows are to say that they were removed.
        known: what the journal knows of those that are replaced or removed.
    """

    added: Mapping[UnitId, Unit]
    replaced: Mapping[UnitId, Unit]
    removed: Mapping[UnitId, Key]
    known: Mapping[UnitId, Known]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.added or self.replaced or self.removed)

    def rows_added(self) -> int:
        """Return the number of rows of new units."""
        return _rows(self.added.values())

    def rows_replaced(self) -> int:
        """Return the number of rows that take the place of others."""
        return _rows(self.replaced.values())


def wanted(batches: Sequence[Batch]) -> tuple[dict[UnitId, Unit], dict[UnitId, tuple[str, Key]]]:
    """Return the latest state of each unit of the batches, and those that were removed last."""
    units: dict[UnitId, Unit] = {}
    removed: dict[UnitId, tuple[str, Key]] = {}
    for batch in batches:
        for unit in batch.units:
            earlier = units.get(unit.id)
            if earlier is None or unit.rank >= earlier.rank:
                units[unit.id] = unit
            removed.pop(unit.id, None)
        for kind, key in batch.removed:
            removed[unit_id(kind, key)] = (kind, key)
    return units, removed


def changes_of(
    kind: str,
    units: Mapping[UnitId, Unit],
    removed: Mapping[UnitId, tuple[str, Key]],
    known: Mapping[UnitId, Known],
) -> KindChanges:
    """Compare what is wanted of a kind with what is known."""
    mine = {id_: unit.as_removed() if id_ in removed else unit for id_, unit in units.items() if unit.kind == kind}
    added = {id_: unit for id_, unit in mine.items() if id_ not in known}
    replaced = {id_: unit for id_, unit in mine.items() if id_ in known and _is_news(unit, known[id_])}
    gone = {
        id_: key
        for id_, (of, key) in removed.items()
        if of == kind and id_ not in mine and id_ in known and not known[id_].is_removed
    }
    return KindChanges(added, replaced, gone, {id_: known[id_] for id_ in (*replaced, *gone) if id_ in known})


def _is_news(unit: Unit, known: Known) -> bool:
    if unit.rank != known.rank:
        return unit.rank > known.rank
    if known.is_incomplete:
        return True
    has_changed = (unit.mark, unit.is_removed) != (known.mark, known.is_removed)
    return has_changed or unit.has_content != known.has_content


def _rows(units: Iterable[Unit]) -> int:
    return sum(len(rows) for unit in units for rows in unit.rows)
