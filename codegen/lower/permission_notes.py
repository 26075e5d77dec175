"""What the docstrings of builders say about permissions."""

import re
from collections.abc import Iterable

from codegen.csdl import Request
from codegen.lower.lowering import Lowering
from codegen.rules.permissions import Permissions, permissions_of


def permission_notes(lowering: Lowering, requests: Iterable[Request]) -> tuple[str, ...]:
    """Return one sentence for each set of permissions that requests need, in the order of their paths."""
    paths: dict[Permissions, list[str]] = {}
    for path in sorted(request.path for request in requests):
        needed = permissions_of(lowering.permissions, lowering.scope.rules.version, path).value
        known = paths.setdefault(needed, [])
        # A path that continues another one and needs the same permissions is not worth mentioning.
        if not any(path.startswith(f"{shorter}/") for shorter in known):
            known.append(path)
    return tuple(f"- {_listed(found)}: {permission_sentence(needed)}." for needed, found in paths.items())


def _listed(paths: list[str]) -> str:
    return ", ".join(f"`{re.sub(r'[(][^()]*[)]', '(…)', path)}`" for path in paths)


def permission_sentence(needed: Permissions) -> str:
    """Return what a token needs, as a sentence without a full stop."""
    delegated = f"delegated {' or '.join(needed.delegated)}" if needed.delegated else ""
    application = f"application {' or '.join(needed.application)}" if needed.application else ""
    policy = ", with an application access policy" if needed.needs_access_policy else ""
    depending = f", depending on {needed.depends_on}" if needed.depends_on else ""
    return "; ".join(filter(None, (delegated, f"{application}{policy}"))) + depending
