"""The client in Python's words: names as the code has them, in the order of the code.

Everything but tables, operations and former names is had from here, as `plan.Model`.
"""

from codegen.plan.package import (
    CLIENT_CLASS,
    Argument,
    Builder,
    ByKey,
    Call,
    Client,
    ContentCase,
    ContentOverload,
    Enum,
    EnumMember,
    Field,
    Import,
    Imports,
    Link,
    MadeBuilder,
    Model,
    Module,
    Package,
)

__all__ = [
    "CLIENT_CLASS",
    "Argument",
    "Builder",
    "ByKey",
    "Call",
    "Client",
    "ContentCase",
    "ContentOverload",
    "Enum",
    "EnumMember",
    "Field",
    "Import",
    "Imports",
    "Link",
    "MadeBuilder",
    "Model",
    "Module",
    "Package",
]
