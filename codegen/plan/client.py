"""The client, the root of the request builders."""

from dataclasses import dataclass

from codegen.naming import ClassName
from codegen.plan.builders import Link
from codegen.plan.former_names import MemberAlias

CLIENT_CLASS = ClassName("GraphMeetingsClient")


@dataclass(frozen=True, slots=True)
class ContentCase:
    """The path from the client to the content of one class of entity.

    Args:
        model: the class.
        guard: the condition on the entity, empty if the case holds for all that remain.
        expression: that makes the builder, from `self`.
        returns: the class of the builder.
    """

    model: ClassName
    guard: str
    expression: str
    returns: ClassName


@dataclass(frozen=True, slots=True)
class ContentOverload:
    """The class of the builder that `content_of` returns for one class of entity."""

    artifact: ClassName
    returns: ClassName


@dataclass(frozen=True, slots=True)
class Client:
    """The client class.

    Args:
        artifacts: the classes of entities that `content_of` takes.
        content_class: of the builders that it returns.
        content_overloads: its types for each class of entity, none if they do not differ.
    """

    doc: str
    version: str
    roots: tuple[Link, ...]
    content: tuple[ContentCase, ...]
    artifacts: tuple[ClassName, ...]
    content_class: ClassName
    content_overloads: tuple[ContentOverload, ...] = ()
    aliases: tuple[MemberAlias, ...] = ()

    @property
    def has_content(self) -> bool:
        """Whether `content_of` takes any class of entity."""
        return bool(self.content)

    @property
    def has_cases(self) -> bool:
        """Whether there are several cases, for one class or more."""
        return len(self.content) > 1
