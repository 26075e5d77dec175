"""From the plan to text: each template reads like its output and decides nothing."""

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from codegen import plan

_MODULES = ("__init__", "client", "enums", "models", "operations", "request_builders")
_WIDTH = 120


def render(packages: tuple[plan.Package, ...]) -> dict[PurePosixPath, str]:
    """Give the text of every generated file, by its path in the output folder."""
    environment = _environment()
    files: dict[PurePosixPath, str] = {}
    for package in packages:
        folder = PurePosixPath(*package.name.split("."))
        for module in _MODULES:
            files[folder / f"{module}.py"] = environment.get_template(f"{module}.py.jinja").render(package=package)
    for root in {path.parts[0] for path in files}:
        files[PurePosixPath(root, "py.typed")] = ""
    names = sorted(name for package in packages for name in public_names(package))
    files[PurePosixPath("names.txt")] = "".join(f"{name}\n" for name in names)
    return files


def public_names(package: plan.Package) -> Iterator[str]:
    """Give the dotted names that users may type."""
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
        yield f"{client}.content_of(artifact)"
    yield from (f"{package.builders_module.name}.{alias.name}" for alias in package.builders_module.aliases)
    for builder in package.builders:
        name = f"{package.name}.request_builders.{builder.name}"
        yield name
        yield from (f"{name}.{key.name}({key.parameter})" for key in builder.keys)
        yield from (f"{name}.{link.name}" for link in builder.links)
        yield from (f"{name}.{call.name}({', '.join(a.name for a in call.arguments)})" for call in builder.calls)
        yield from (f"{name}.{alias.signature}" for alias in builder.aliases)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  this makes Python, where the filters below do the escaping
    )
    filters: dict[str, Any] = {"py": repr, "prose": prose, "docstring": docstring, "tuple": tuple_of}
    environment.filters.update(filters)
    return environment


def prose(text: str, indent: int) -> str:
    r"""Make a text safe inside a docstring, wrapped to the lines after the one that it begins on.

    Unprintable characters become blanks; backslashes and the quotes that could end the docstring are escaped.
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
    """Make a docstring literal, on one line where it fits."""
    body = prose(text, indent)
    if "\n" not in body and indent + len(body) + len('""""""') <= _WIDTH:
        return f'"""{body}"""'
    return f'"""{body}\n{" " * indent}"""'


def tuple_of(names: Iterable[str], prefix: str = "") -> str:
    """Write a tuple of names, each with the same prefix."""
    items = [f"{prefix}{name}" for name in names]
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\")
    # One quote inside a text is harmless; two in a row or one at an edge could meet the delimiter.
    if '""' in escaped or escaped.startswith('"') or escaped.endswith('"'):
        escaped = escaped.replace('"', '\\"')
    return escaped
