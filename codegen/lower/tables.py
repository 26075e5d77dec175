"""The tables of a package."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from codegen import csdl
from codegen.csdl import QualifiedName
from codegen.errors import CodegenError, did_you_mean
from codegen.lower.lowering import Lowering
from codegen.lower.table_columns import ColumnLowering
from codegen.naming import ConstantName, attribute_name, check_distinct
from codegen.plan.tables import NestedColumns, TableColumn, TableLevel, TablePlan, TablePlans
from codegen.rules.tables import ColumnRule, TableRule, TableRules

_NUMBER = "#"
_RAW = "raw"


def lower_tables(lowering: Lowering, rules: TableRules) -> TablePlans:
    """Decide what the tables of a version look like.

    Raises:
        CodegenError: a rule names what the metadata do not have, or two columns would have one name.
    """
    if rules.version != lowering.scope.rules.version:
        return TablePlans()
    return _TableLowering(lowering, rules).tables()


@dataclass(frozen=True, slots=True)
class _Step:
    """A level of a table: the type of its objects, and the property that lists them."""

    type: QualifiedName
    property: str


class _TableLowering:
    def __init__(self, lowering: Lowering, rules: TableRules) -> None:
        self._schema = lowering.scope.schema
        self._is_partial = lowering.docs.is_partial
        self._rules = rules
        self._members = ColumnLowering(lowering, rules, frozenset())
        self._paths = {
            name: tuple(self._path(name, rule))
            for name, rule in rules.tables.items()
            if not self._is_partial or self._is_present(name, rule)
        }
        self._columns = ColumnLowering(lowering, rules, frozenset(self._listed()))

    def tables(self) -> TablePlans:
        tables = tuple(self._table(name, self._rules.tables[name]) for name in self._paths)
        groups = self._columns.groups
        constants = [(group.constant, "the columns of a type") for group in groups]
        check_distinct([*constants, *((table.name, "a table") for table in tables)], self._rules.file)
        if not self._is_partial:
            self._check_used()
            self._columns.check_described()
        return TablePlans(groups, tables)

    def _check_used(self) -> None:
        """Raise an error for a rule that applies to nothing."""
        rules, types = self._rules, self._schema.types.values()
        known = {f"{type_.name}.{member.name}" for type_ in types for member in type_.properties}
        known |= {f"{type_.name}.{member.name}" for type_ in types for member in type_.navigations}
        for key, names in (("left_out", rules.left_out), ("names", rules.names), ("values", rules.values)):
            for name in names:
                if (key, name) not in self._columns.used:
                    raise CodegenError(f"{name} is in no table{did_you_mean(name, known)}", f"{rules.file}: {key}")

    def _is_present(self, name: str, rule: TableRule) -> bool:
        """Whether a document of another day has what a table is made of."""
        try:
            first, *_ = self._path(name, rule)
            for column in rule.columns.values():
                if column.path and first.type in self._schema.types and not column.path.endswith(_NUMBER):
                    self._resolve(first.type, column.path, name)
        except CodegenError:
            return False
        return True

    def _path(self, name: str, rule: TableRule) -> Iterator[_Step]:
        """Yield the levels of a table."""
        place = f"{self._rules.file}: tables.{name}"
        if rule.items[:1].isupper():
            yield _Step(QualifiedName(rule.items), "")
            return
        type_ = QualifiedName(rule.items)
        if type_ not in self._schema.types:
            raise CodegenError(f"{type_} is not in scope{did_you_mean(type_, self._schema.types)}", place)
        yield _Step(type_, "")
        for part in rule.path.split("/") if rule.path else ():
            found = self._members.member(type_, part)
            if found is None or not found[1].type.is_collection:
                raise CodegenError(f"{type_} has no list {part!r}", f"{place}.path")
            type_ = found[1].type.name
            yield _Step(type_, part)

    def _listed(self) -> Iterator[str]:
        """Yield the properties whose objects are rows."""
        for path in self._paths.values():
            for above, step in pairwise(path):
                found = self._members.member(above.type, step.property)
                if found is not None:
                    yield f"{found[0]}.{step.property}"

    def _table(self, name: str, rule: TableRule) -> TablePlan:
        place = f"{self._rules.file}: tables.{name}"
        path = self._paths[name]
        flat: list[TableColumn] = []
        levels: list[TableLevel] = []
        left_out: list[str] = []
        for depth, step in enumerate(path):
            columns: list[TableColumn | NestedColumns] = list(self._declared(name, rule, depth))
            flat += (column for column in columns if isinstance(column, TableColumn))
            if (depth == len(path) - 1 or step.property in rule.whole) and step.type in self._schema.types:
                found = self._columns.of_types(self._columns.with_derived(step.type), (step.type,))
                columns += (self._keyed(column, rule) for column in found.columns)
                flat += (self._keyed_column(column, rule) for column in found.flat)
                left_out += found.left_out
            levels.append(TableLevel(step.type, step.property, tuple(columns)))
        check_distinct(
            [*((c.name, c.path or c.name) for c in flat), (_RAW, "the column for raw=True")],
            f"{place}: an entry in names can rename one",
        )
        for key in rule.key:
            if key not in {column.name for column in flat}:
                raise CodegenError(
                    f"there is no column {key!r}{did_you_mean(key, [c.name for c in flat])}", f"{place}.key"
                )
        return TablePlan(
            attribute_name(name),
            rule.doc,
            tuple(map(attribute_name, rule.key)),
            tuple(levels),
            tuple(flat),
            tuple(left_out),
        )

    def _keyed(self, column: TableColumn | NestedColumns, rule: TableRule) -> TableColumn | NestedColumns:
        return column if isinstance(column, NestedColumns) else self._keyed_column(column, rule)

    def _keyed_column(self, column: TableColumn, rule: TableRule) -> TableColumn:
        return TableColumn(
            column.factory, column.name, column.type, column.doc, column.path, column.name not in rule.key
        )

    def _declared(self, name: str, rule: TableRule, depth: int) -> Iterator[TableColumn]:
        """Yield the columns that the rules declare for a level."""
        path = [step.property for step in self._paths[name][1:]]
        for key, column in rule.columns.items():
            parts = column.path.split("/") if column.path else []
            common = 0
            while common < len(path) and parts[common : common + 1] == path[common : common + 1]:
                common += 1
            if common == depth:
                yield self._declared_column(name, rule, key, column, "/".join(parts[common:]))

    def _declared_column(self, table: str, rule: TableRule, key: str, column: ColumnRule, path: str) -> TableColumn:
        place = f"{self._rules.file}: tables.{table}.columns.{key}"
        type_, doc = ConstantName("TEXT"), column.doc
        if path == _NUMBER:
            type_ = ConstantName("INTEGER")
        elif column.type is not None:
            type_ = ConstantName(column.type.replace(" ", "_").upper())
        elif path and not rule.items[:1].isupper():
            owner, member = self._resolve(self._paths[table][0].type, column.path, place)
            type_ = self._columns.type_of(member.type) or ConstantName("JSON")
            doc = doc or self._columns.doc(owner, member)
        if not doc and (column.given or path == _NUMBER or column.type is not None):
            raise CodegenError("the column has no description; add doc", place)
        factory = "given" if column.given else "number" if path == _NUMBER else "column"
        nullable = key not in rule.key and not column.required
        return TableColumn(factory, attribute_name(key), type_, doc, path, nullable)

    def _resolve(
        self, type_: QualifiedName, path: str, place: str
    ) -> tuple[QualifiedName, csdl.Property | csdl.NavigationProperty]:
        """Return the property that a path leads to, and the type that declares it."""
        *outer, last = path.split("/")
        for part in outer:
            type_ = self._member(type_, part, place)[1].type.name
        return self._member(type_, last, place)

    def _member(
        self, type_: QualifiedName, name: str, place: str
    ) -> tuple[QualifiedName, csdl.Property | csdl.NavigationProperty]:
        found = self._members.member(type_, name) if type_ in self._schema.types else None
        if found is None:
            raise CodegenError(f"{type_} has no property {name!r}", place)
        return found
