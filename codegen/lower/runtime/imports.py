"""Collects the imports of a generated module while its content is decided."""

from collections import defaultdict

from codegen.naming import ModuleName, import_order
from codegen.plan import Import, Imports

RUNTIME = "graph_meetings_runtime"
DEPRECATION_MODULE = f"{RUNTIME}.models.fields.deprecation"
EDM_MODULE = f"{RUNTIME}.models.values.edm"
MODEL_MODULE = f"{RUNTIME}.models.model"
PROPERTY_TYPES_MODULE = f"{RUNTIME}.models.property_types"
OPERATIONS_MODULE = f"{RUNTIME}.operations.operation"
LAZY_IMPORTS_MODULE = f"{RUNTIME}.lazy_imports"
QUERY_OPTIONS_MODULE = f"{RUNTIME}.operations.query_options"
RENAMED_MODULE = f"{RUNTIME}.models.fields.renamed"
FIELD_MODULES = {
    "Field": f"{RUNTIME}.models.fields.field",
    "KeyField": f"{RUNTIME}.models.fields.field",
    "SecretField": f"{RUNTIME}.models.fields.field",
    "CollectionField": f"{RUNTIME}.models.fields.collection_field",
    "DeprecatedField": DEPRECATION_MODULE,
    "DeprecatedCollectionField": DEPRECATION_MODULE,
}
"""The modules of the classes of fields."""


class ImportCollector:
    """The imports of a module that is being lowered."""

    def __init__(self) -> None:
        self._own: defaultdict[str, set[str]] = defaultdict(set)
        self._annotations: defaultdict[str, set[str]] = defaultdict(set)
        self._typing: set[str] = set()

    def use(self, module: str, name: str) -> str:
        """Import a name from this distribution, and return it."""
        self._own[module].add(name)
        return name

    def annotate(self, module: str, name: str) -> str:
        """Import a name for type checkers only, and return it."""
        self._annotations[module].add(name)
        self.use_typing("TYPE_CHECKING")
        return name

    def use_typing(self, name: str) -> None:
        """Import a name from `typing`."""
        self._typing.add(name)

    def imports(self) -> Imports:
        """Return the sorted imports."""
        typing = {"typing": self._typing} if self._typing else {}
        return Imports(standard=_sorted(typing), own=_sorted(self._own), typing_only=_sorted(self._annotations))


def _sorted(modules: dict[str, set[str]]) -> tuple[Import, ...]:
    return tuple(
        Import(ModuleName(module), tuple(sorted(modules[module], key=import_order)))
        for module in sorted(modules, key=import_order)
    )
