"""Who sends a request, by its token, and what the token allows.

Source: https://learn.microsoft.com/graph/auth/auth-concepts
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from graph_meetings_emulator.answers.resources import find_user
from graph_meetings_emulator.answers.routes import Key, Navigate, Route
from graph_meetings_emulator.data.entities import Entity
from graph_meetings_emulator.http.errors import ServiceError, bad_request, forbidden
from graph_meetings_emulator.odata.schema import odata_type

_ME = Navigate("me")
_OF_ONE_USER = ("onlineMeetings", "adhocCalls")
_FOR_USERS = ("User.ReadBasic.All", "User.Read.All", "Directory.Read.All")
_OF_DIRECTORY = "microsoft.graph.user"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a token was issued to.

    Attributes:
        user: the id of the signed-in user, `None` for an application.
        permissions: the scopes or roles in the token.
    """

    user: str | None
    permissions: frozenset[str]

    @property
    def is_delegated(self) -> bool:
        """Whether an application acts for a user who signed in."""
        return self.user is not None

    def route(self, root: Entity, route: Route) -> Route:
        """Return the route with the signed-in user in place of `/me`.

        Args:
            root: the data.
            route: as requested.

        Raises:
            ServiceError: the caller may not request it.
        """
        is_me = route.steps[0] == _ME
        if is_me and self.user is None:
            raise bad_request("/me request is only valid with delegated authentication flow.")
        self._check_permissions(route)
        if self.user is None:
            return route
        if is_me:
            return replace(route, steps=(Navigate("users"), Key(self.user), *route.steps[1:]))
        self._check_user(root, route)
        return route

    def sees_names(self) -> bool:
        """Whether the caller may read more of users found elsewhere than their ids."""
        return self._has_one_of(_FOR_USERS)

    def _check_permissions(self, route: Route) -> None:
        needed = route.operation.permissions
        sufficient = needed.delegated if self.is_delegated else needed.application
        if not self._has_one_of(sufficient):
            if odata_type(route.operation.model) == _OF_DIRECTORY:
                raise ServiceError(
                    403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
                )
            kind = "scopes" if self.is_delegated else "roles"
            wanted = f"one of {', '.join(sufficient)}" if sufficient else f"no {kind}, but a token of the other kind"
            raise forbidden(f"The {kind} of the token do not suffice; the request needs {wanted}.")

    def _has_one_of(self, permissions: Iterable[str]) -> bool:
        """Whether the token has one of some permissions; one to write includes that to read."""
        own = self.permissions | {name.replace(".ReadWrite", ".Read") for name in self.permissions}
        return not own.isdisjoint(permissions)

    def _check_user(self, root: Entity, route: Route) -> None:
        """Refuse the meetings and calls of another user than the one who signed in."""
        match route.steps:
            case (Navigate("users"), Key(key), Navigate(name), *_) if name in _OF_ONE_USER:
                user = find_user(root, key)
                if user is not None and user.id != self.user:
                    raise forbidden("User Id must match the api caller when called in delegated mode.")
            case _:
                pass
