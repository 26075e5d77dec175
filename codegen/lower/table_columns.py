"""From the properties of a type to columns."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from codegen import csdl
from codegen.csdl import QualifiedName, TypeReference
from codegen.errors import CodegenError
from codegen.lower.lowering import Lowering, with_deprecation
from codegen.naming import AttributeName, ConstantName, attribute_name, column_name, constant_name
from codegen.plan.tables import ColumnGroup, NestedColumns, TableColumn
from codegen.rules.tables import TableRules

_TYPES = {
    "Edm.Binary": "TEXT",
    "Edm.Boolean": "BOOLEAN",
    "Edm.Byte": "INTEGER",
    "Edm.Date": "TEXT",
    "Edm.DateTimeOffset": "MOMENT",
    "Edm.Decimal": "DECIMAL",
    "Edm.Double": "DOUBLE",
    "Edm.Duration": "DURATION",
    "Edm.Guid": "TEXT",
    "Edm.Int16": "INTEGER",
    "Edm.Int32": "INTEGER",
    "Edm.Int64": "INTEGER",
    "Edm.SByte": "INTEGER",
    "Edm.Single": "DOUBLE",
    "Edm.String": "TEXT",
    "Edm.TimeOfDay": "TEXT",
}
Member = csdl.Property | csdl.NavigationProperty


@dataclass(slots=True)
class Found:
    """The columns of an object, and the properties that have none."""

    columns: list[TableColumn | NestedColumns]
    flat: list[TableColumn]
    left_out: list[str]


class ColumnLowering:
    """Makes columns, and the groups of columns of inner objects.

    Args:
        lowering: what is lowered.
        rules: the tables.
        listed: the properties whose objects are rows of a table.
    """

    def __init__(self, lowering: Lowering, rules: TableRules, listed: frozenset[str]) -> None:
        self.used: set[tuple[str, str]] = set()
        self._lowering = lowering
        self._schema = lowering.scope.schema
        self._rules = rules
        self._listed = listed
        self._lacking: set[str] = set()
        self._groups: dict[tuple[QualifiedName, ...], tuple[ColumnGroup, Found]] = {}

    @property
    def groups(self) -> tuple[ColumnGroup, ...]:
        """The groups, those that others need first."""
        return tuple(group for group, _ in self._groups.values())

    def check_described(self) -> None:
        """Raise one error for all properties that became a column without a description.

        Raises:
            CodegenError: with the table and the key of each.
        """
        if self._lacking:
            lines = "".join(f"\n  {key}" for key in sorted(self._lacking))
            raise CodegenError(
                f"some columns of tables have no description; add, each ending with a full stop:{lines}",
                self._lowering.docs.file,
            )

    def of_types(self, types: Iterable[QualifiedName], within: tuple[QualifiedName, ...] = ()) -> Found:
        """Return the columns of objects that are of one of some types.

        Args:
            types: the types, each with its bases.
            within: the types of the objects that they are in.
        """
        found, members = Found([], [], []), dict[str, tuple[QualifiedName, Member]]()
        for type_ in types:
            for owner, member in self._members(type_):
                known = members.setdefault(member.name, (owner, member))[1]
                if known.type != member.type:
                    raise CodegenError(f"{member.name} is {known.type} and {member.type}", member.place)
        for owner, member in members.values():
            self._add(found, owner, member, within)
        return found

    def member(self, type_: QualifiedName, name: str) -> tuple[QualifiedName, Member] | None:
        """Return a property of a type or of those that derive from it, and the type that declares it."""
        types = self.with_derived(type_)
        return next(((owner, m) for t in types for owner, m in self._members(t) if m.name == name), None)

    def type_of(self, reference: TypeReference) -> ConstantName | None:
        """Return the type of a property's column, `None` for an object."""
        name = self._lowering.resolve(reference.name)
        if name in self._schema.enums:
            type_ = "TEXT"
        elif name in self._schema.types:
            is_object = not reference.is_collection and any(True for _ in self._members(name))
            return None if is_object else ConstantName("JSON")
        else:
            type_ = _TYPES.get(name, "JSON")
        if reference.is_collection:
            type_ = "LIST_OF_TEXT" if type_ == "TEXT" else "JSON"
        return ConstantName(type_)

    def doc(self, owner: QualifiedName, member: Member) -> str:
        """Return the description of a property, on one line."""
        lineage = self._schema.lineage(owner)
        texts = (self._lowering.docs.type(t.name).properties.get(member.name, "") for t in lineage)
        text = next(filter(None, texts), "")
        if not text:
            self._lacking.add(f'[types."{owner}".properties] {member.name} = "…"')
        return with_deprecation(text, member.deprecation).replace("\n\n", " ")

    def _members(self, type_: QualifiedName) -> Iterator[tuple[QualifiedName, Member]]:
        for ancestor in reversed(self._schema.lineage(type_)):
            members: tuple[Member, ...] = (*ancestor.properties, *ancestor.navigations)
            for member in members:
                if isinstance(member, csdl.Property) or member.type.name in self._lowering.scope.models:
                    yield ancestor.name, member

    def with_derived(self, name: QualifiedName) -> tuple[QualifiedName, ...]:
        """Return a type and those that derive from it."""
        types = self._schema.types
        derived = (t for t in types if t != name and any(base.name == name for base in self._schema.lineage(t)))
        return name, *derived

    def _add(self, found: Found, owner: QualifiedName, member: Member, within: tuple[QualifiedName, ...]) -> None:
        name = f"{owner}.{member.name}"
        if name in self._rules.left_out:
            self.used.add(("left_out", name))
            found.left_out.append(member.name)
            return
        if name in self._listed or member.type.name == csdl.STREAM or _is_list(member):
            found.left_out.append(member.name)
            return
        type_ = self.type_of(member.type)
        prefix = self._name(owner, member)
        if type_ is not None or member.type.name in within:
            column = TableColumn(
                "column",
                AttributeName(prefix),
                type_ or ConstantName("JSON"),
                self.doc(owner, member),
                member.name,
                True,
            )
            found.columns.append(column)
            found.flat.append(column)
            return
        group, inner = self._group(owner, member, within)
        found.columns.append(NestedColumns(prefix, member.name, group.constant))
        found.flat += (
            replace(column, name=_joined(prefix, column.name), path=f"{member.name}/{column.path}")
            for column in inner.flat
        )
        found.left_out += (f"{member.name}/{path}" for path in inner.left_out)

    def _name(self, owner: QualifiedName, member: Member) -> str:
        name = f"{owner}.{member.name}"
        if name in self._rules.names:
            self.used.add(("names", name))
            return self._rules.names[name]
        return column_name(member.name)

    def _group(
        self, owner: QualifiedName, member: Member, within: tuple[QualifiedName, ...]
    ) -> tuple[ColumnGroup, Found]:
        name, rule = member.type.name, f"{owner}.{member.name}"
        types = self._values(rule, self.with_derived(name))
        if types not in self._groups:
            found = self.of_types(types, (*within, name))
            classes = self._lowering.classes
            if len(types) == 1:
                words: tuple[str, ...] = (classes[types[0]],)
            else:
                words = (classes[owner], member.name) if rule in self._rules.values else ("any", classes[name])
            self._groups[types] = ColumnGroup(constant_name(*words), tuple(found.columns)), found
        return self._groups[types]

    def _values(self, rule: str, possible: tuple[QualifiedName, ...]) -> tuple[QualifiedName, ...]:
        """Return the types that the values of a property have."""
        if rule not in self._rules.values:
            return possible
        self.used.add(("values", rule))
        types = self._rules.values[rule]
        for type_ in types:
            if type_ not in possible and not self._lowering.docs.is_partial:
                raise CodegenError(f"{type_} does not derive from {possible[0]}", f"{self._rules.file}: values.{rule}")
        return tuple(type_ for type_ in types if type_ in possible)


def _is_list(member: Member) -> bool:
    return isinstance(member, csdl.NavigationProperty) and member.type.is_collection


def _joined(prefix: str, name: str) -> AttributeName:
    return attribute_name(f"{prefix}_{name}" if prefix else name)
