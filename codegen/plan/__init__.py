"""The client in Python's words: names as the code has them, in the order of the code.

Everything but tables, operations and former names is had from here, as `plan.Model`.
"""

from codegen.plan.builders import Argument, Builder, ByKey, Call, Link, MadeBuilder
from codegen.plan.client import CLIENT_CLASS, Client, ContentCase, ContentOverload
from codegen.plan.models import Enum, EnumMember, Field, Model
from codegen.plan.modules import Import, Imports, Module
from codegen.plan.package import Package

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
