"""Every call of the clients as Markdown, found by following the paths of the operations through the builders."""

from typing import Any

from codegen.naming import builder_member_name, cast_member_name
from graph_meetings import GraphMeetingsClient, beta
from graph_meetings_runtime import Operation
from graph_meetings_runtime.operations.operation import Function, Parameter, Returns
from tests.support.credentials import StaticCredential

_CALLS = {
    Returns.ONE: ("await ", ".get(…)"),
    Returns.MANY: ("", ".list(…)"),
    Returns.STREAM: ("await ", ".download(path)"),
}
_WRITES = {"POST": "post", "PATCH": "patch", "DELETE": "delete"}


def roots_of_calls() -> list[str]:
    """Return the first segments of all paths."""
    return sorted({operation.path.split("/")[1] for operation in GraphMeetingsClient.operations})


def calls(root: str) -> str:
    """Return a list of the calls whose paths begin with a segment, those of beta alone at the end."""
    known = {operation.path for operation in GraphMeetingsClient.operations}
    of_beta = {operation.path for operation in beta.GraphMeetingsClient.operations}
    graph, graph_beta = (kind(StaticCredential("token")) for kind in (GraphMeetingsClient, beta.GraphMeetingsClient))
    lines = [
        line
        for operation in GraphMeetingsClient.operations
        if operation.path.split("/")[1] == root
        for line in _lines(graph, operation, "" if operation.path in of_beta else ", in v1.0 only")
    ]
    only = [operation for operation in beta.GraphMeetingsClient.operations if operation.path not in known]
    for operation in only:
        if operation.path.split("/")[1] == root:
            lines += _lines(graph_beta, operation, ", in beta only")
    return "\n".join(lines)


def _lines(graph: Any, operation: Operation, versions: str) -> list[str]:
    builder = _written(graph, operation)
    model = _model(operation, versions)
    if operation.path.endswith("/delta"):
        return [f"- `{builder}.changes(…)`: a `Change` for each {model}{versions}"]
    found: list[str] = []
    if "GET" in operation.methods:
        before, after = _CALLS[operation.returns]
        what = {Returns.MANY: f"each {model}", Returns.STREAM: "a file; also `.get()`, `.stream()`"}
        more = ", `.cues()`" if operation.returns is Returns.STREAM and "transcripts" in operation.path else ""
        found.append(f"- `{before}{builder}{after}`: {what.get(operation.returns, model)}{more}{versions}")
    for method in operation.methods:
        if method in _WRITES:
            body = (
                "" if method == "DELETE" or operation.returns is Returns.NOTHING else operation.model.__name__ + "(…)"
            )
            gives = f"the {model} as the service has it" if body else "nothing"
            found.append(f"- `await {builder}.{_WRITES[method]}({body})`: {gives}{versions}")
    return found


def _model(operation: Operation, versions: str) -> str:
    name = operation.model.__name__
    page, package = ("beta.md", "graph_meetings.beta") if "beta" in versions else ("models.md", "graph_meetings")
    return f"[`{name}`]({page}#{package}.models.{name})"


def _written(graph: Any, operation: Operation) -> str:
    """Return the expression that makes the builder of an operation."""
    builder, text = graph, "graph"
    functions = {function.name: function for function in operation.functions}
    for segment in operation.path.removeprefix("/").split("/"):
        name = segment.partition("(")[0]
        if segment == "{id}":
            (member,) = (found for found in dir(builder) if found.startswith("by_"))
            builder, text = getattr(builder, member)("id"), f"{text}.{member}(…)"
        elif name in functions:
            member = builder_member_name(name)
            builder, text = _called(builder, member, functions[name]), f"{text}.{member}({_shown(functions[name])})"
        elif name == "delta":
            builder, text = builder.delta(), f"{text}.delta()"
        else:
            member = cast_member_name(segment) if "." in segment else builder_member_name(segment)
            builder, text = getattr(builder, member), f"{text}.{member}"
    return text


def _needed(function: Function) -> list[Parameter]:
    return [parameter for parameter in function.parameters if not parameter.is_optional]


def _called(builder: Any, member: str, function: Function) -> Any:
    values = {"Edm.DateTimeOffset": "2026-01-15T00:00:00Z"}
    given = {builder_member_name(p.name): values.get(p.edm_type, "organizer") for p in _needed(function)}
    return getattr(builder, member)(**given)


def _shown(function: Function) -> str:
    names = [f"{builder_member_name(parameter.name)}=…" for parameter in _needed(function)]
    return ", ".join([*names, *(["…"] if len(names) < len(function.parameters) else [])])
