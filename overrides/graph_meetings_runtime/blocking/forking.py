"""Forks while other threads use a client."""

import os
import sys
from functools import cache, partial
from importlib import import_module


@cache
def prepare_for_forks(package: str) -> None:
    """From now on, import every module of a package before the process forks.

    A child inherits the lock of a module that another thread of its parent is importing at that moment, and nothing
    releases it there: the child's first use of the module would wait for ever.
    """
    if sys.platform != "win32":
        os.register_at_fork(before=partial(_import_all, package))


@cache
def _import_all(package: str) -> None:
    import pkgutil  # noqa: PLC0415  only a fork needs it

    folders = import_module(package).__path__
    for module in pkgutil.walk_packages(folders, f"{package}."):
        import_module(module.name)
