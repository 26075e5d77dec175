"""From the plan to text. Each template reads like its output and makes no decisions."""

import textwrap
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from codegen import plan
from codegen.write.canonical import canonical

_MODULES = ("__init__", "client", "enums", "models", "operations", "request_builders")
_BLOCKING_MODULES = ("__init__", "client", "request_builders")
_WIDTH = 120


def render(packages: tuple[plan.Package, ...], blocking: tuple[plan.Package, ...]) -> dict[PurePosixPath, str]:
    """Return the text of every file that is made from metadata, by its path in the output folder.

    Args:
        packages: one for each version.
        blocking: their blocking forms.
    """
    environment = _environment()
    files: dict[PurePosixPath, str] = {}
    modules = [(package, module) for package in packages for module in _MODULES]
    modules += [(package, module) for package in blocking for module in _BLOCKING_MODULES]
    modules += [(package, "tables") for package in packages if package.tables.tables]
    for package, module in modules:
        folder = PurePosixPath(*package.name.split("."))
        files[folder / f"{module}.py"] = environment.get_template(f"{module}.py.jinja").render(package=package)
    for package in packages:
        files[PurePosixPath(*package.name.split("."), "metadata.xml")] = canonical(package.schema)
    for root in {path.parts[0] for path in files}:
        files[PurePosixPath(root, "py.typed")] = ""
    names = sorted(name for package in packages for name in public_names(package))
    files[PurePosixPath("names.txt")] = "".join(f"{name}\n" for name in names)
    return files


def public_names(package: plan.Package) -> Iterator[str]:
    """Yield the dotted names that users may type."""
    yield from (f"{package.name}.{name}" for name in package.exports)
    yield from (f"{package.name}.{alias.name}" for alias in package.init_module.aliases)
    for enum in package.enums:
        yield from (f"{package.name}.{enum.name}.{member.name}" for member in enum.members)
        yield from (f"{package.name}.{enum.name}.{alias.name}" for alias in enum.aliases)
    for model in package.models:
        yield from (f"{package.name}.{model.name}.{field.name}" for field in model.fields)
        yield from (f"{package.name}.{model.name}.{alias.name}" for alias in model.aliases)
    client = f"{package.name}.{plan.CLIENT_CLASS}"
    yield from (f"{client}.{root.name}" for root in package.client.roots)
    yield from (f"{client}.{alias.name}" for alias in package.client.aliases)
    if package.client.has_content:
        yield f"{client}.content_of(artifact, user)"
    yield from (f"{package.name}.tables.{table.name}" for table in package.tables.tables)
    yield from (f"{package.builders_module.name}.{alias.name}" for alias in package.builders_module.aliases)
    for builder in package.builders:
        name = f"{package.name}.request_builders.{builder.name}"
        yield name
        yield from (f"{name}.{key.name}({key.parameter})" for key in builder.keys)
        yield from (f"{name}.{link.name}" for link in builder.links)
        yield from (f"{name}.{call.name}({', '.join(a.name for a in call.arguments)})" for call in builder.calls)
        yield from (f"{name}.{alias.signature}" for alias in builder.aliases)


@cache
def _environment() -> Environment:
    """Return the environment, which compiles each template once."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  the output is Python; the filters below escape
    )
    filters: dict[str, Any] = {
        "py": repr,
        "prose": prose,
        "docstring": docstring,
        "tuple": tuple_of,
        "strings": strings_of,
    }
    environment.filters.update(filters)
    return environment


def prose(text: str, indent: int) -> str:
    r"""Return a text that is safe inside a docstring, wrapped and indented from its second line on.

    Unprintable characters become spaces. Backslashes, and quotes that could end the docstring, are escaped.
    """
    paragraphs = [" ".join(_printable(paragraph).split()) for paragraph in text.split("\n\n")]
    lines: list[str] = []
    for paragraph in filter(None, paragraphs):
        wrapped = textwrap.wrap(
            _escaped(paragraph), _WIDTH - indent - len('"""'), break_long_words=False, break_on_hyphens=False
        )
        lines += ["", *wrapped] if lines else wrapped
    return "\n".join(" " * indent + line if line and number else line for number, line in enumerate(lines))


def docstring(text: str, indent: int) -> str:
    """Return a docstring literal, on one line if it fits."""
    body = prose(text, indent)
    if "\n" not in body and indent + len(body) + len('""""""') <= _WIDTH:
        return f'"""{body}"""'
    return f'"""{body}\n{" " * indent}"""'


def tuple_of(names: Iterable[str], prefix: str = "") -> str:
    """Return the expression of a tuple of names, each with a prefix."""
    items = [f"{prefix}{name}" for name in names]
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"


def strings_of(texts: Iterable[str]) -> str:
    """Return the expression of a tuple of strings."""
    return tuple_of(map(repr, texts))


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\")
    # A single quote mark inside is harmless. Two in a row, or one at either end, could join the delimiter.
    if '""' in escaped or escaped.startswith('"') or escaped.endswith('"'):
        escaped = escaped.replace('"', '\\"')
    return escaped
