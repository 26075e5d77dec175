"""Modules: what all of them have."""

from dataclasses import dataclass

from codegen.naming import ModuleName
from codegen.plan.former_names import ClassAlias


@dataclass(frozen=True, slots=True)
class Import:
    """`from module import names`, sorted."""

    module: ModuleName
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imports:
    """The imports of a module, sorted, in the sections that ruff separates.

    Args:
        standard: of the standard library.
        own: of this distribution.
        typing_only: needed only in annotations.
    """

    standard: tuple[Import, ...] = ()
    own: tuple[Import, ...] = ()
    typing_only: tuple[Import, ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """What every module has. The aliases are former names of its classes."""

    name: ModuleName
    imports: Imports
    aliases: tuple[ClassAlias, ...] = ()
