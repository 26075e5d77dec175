"""Rules that match nothing in scope: an error, unless the document may lack something."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from codegen import csdl
from codegen.csdl import Request
from codegen.errors import CodegenError, did_you_mean
from codegen.rules.scope import Rules
from codegen.scope.reach import Reach, functions_of

T = TypeVar("T")


class Matching:
    """Drops rules that match nothing in scope, or raises an error.

    Attributes:
        missing: what was dropped, one sentence each.
    """

    def __init__(self, place: str, *, is_partial: bool) -> None:
        self.place = place
        self.is_partial = is_partial
        self.missing: list[str] = []

    def rules(self, rules: Rules, reached: Reach, requests: tuple[Request, ...]) -> Rules:
        """Return the rules that match something.

        Raises:
            CodegenError: a rule matches nothing, and the document is complete.
        """
        names = {**reached.models, **reached.passed, **reached.enums}
        streams = [f"{r.response.name}/{r.last.via.name}" for r in requests if isinstance(r.last.via, csdl.Property)]
        parameters = [
            f"{function.name.simple} on {function.binding.type} with {parameter.name}"
            for function in functions_of(requests)
            for parameter in function.parameters
        ]
        stops = [str(r.last.target) for r in requests if not isinstance(r.last.via, csdl.Property)]
        return replace(
            rules,
            derived=self._kept("derived", rules.derived, lambda rule: rule.base, reached.used),
            properties=self._kept("properties", rules.properties, lambda rule: rule.type, reached.models),
            keys_left_out=self._kept("keys_left_out", rules.keys_left_out, str, reached.models),
            rename=self._kept("rename", rules.rename, lambda rule: rule.type, names),
            builders=self._kept("builders", rules.builders, lambda rule: rule.target, stops),
            content_of=self._kept("content_of", rules.content_of, lambda rule: rule.type, reached.models),
            methods=self._kept(
                "methods", rules.methods, lambda rule: rule.path, [request.path for request in requests]
            ),
            secrets=self._kept("secrets", rules.secrets, lambda rule: rule.type, reached.models),
            media_types=self._kept(
                "media_types", rules.media_types, lambda rule: f"{rule.type}/{rule.property}", streams
            ),
            defaults=self._kept(
                "defaults",
                rules.defaults,
                lambda rule: f"{rule.function} on {rule.binding} with {rule.parameter}",
                parameters,
            ),
        )

    def _kept(
        self, table: str, rules: tuple[T, ...], name_of: Callable[[T], str], known: Iterable[str]
    ) -> tuple[T, ...]:
        names = set(known)
        unmatched = [name for name in map(name_of, rules) if name not in names]
        if unmatched and not self.is_partial:
            hint = did_you_mean(unmatched[0], names)
            raise CodegenError(f"{unmatched[0]} is not in scope{hint}", f"{self.place}.{table}")
        self.missing += (f"{table}: {name} is not in scope" for name in unmatched)
        return tuple(rule for rule in rules if name_of(rule) in names)
