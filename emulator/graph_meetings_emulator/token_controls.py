"""The tokens that the emulator takes, and the credentials that have them."""

from graph_meetings_emulator.answers.caller import Caller
from graph_meetings_emulator.credential import BlockingEmulatorCredential, EmulatorCredential
from graph_meetings_emulator.data.dataset import Dataset
from graph_meetings_emulator.service import GraphService
from graph_meetings_emulator.subscriptions.subscriptions import app_id_of
from graph_meetings_emulator.tokens import make_token
from graph_meetings_runtime.json_codec import JsonObject


class TokenControls:
    """Says which tokens a service takes, and makes more of them.

    Attributes:
        dataset: the data of the tenant that the tokens are for.
    """

    dataset: Dataset
    _service: GraphService

    @property
    def token(self) -> str:
        """The bearer token that requests must carry; it can be changed at any time."""
        return self._service.token

    @token.setter
    def token(self, token: str) -> None:
        self._service.token = token

    @property
    def app_id(self) -> str:
        """The id of the application that the bearer token was issued to: for `Receiver(app_ids={…})`."""
        return app_id_of(self.token)

    @property
    def other_tokens(self) -> set[str]:
        """More tokens that requests may carry, such as those of other applications."""
        return self._service.other_tokens

    def application_token(self, *roles: str) -> str:
        """Make a token of an application, which requests may carry from then on.

        Unlike the emulator's own token, it allows only what its roles suffice for, and not `/me`. What it says can be
        read from it, as from one of Entra's.

        Args:
            roles: the application permissions, such as `OnlineMeetings.Read.All`.
        """
        return self._issued(Caller(None, frozenset(roles)), {"idtyp": "app", "roles": [*roles]})

    def user_token(self, user: str, *scopes: str) -> str:
        """Make a token of a user who signed in, which requests may carry from then on.

        `/me` is this user. It allows only what its scopes suffice for, and no meetings and calls of others.

        Args:
            user: the id.
            scopes: the delegated permissions, such as `OnlineMeetings.Read`.

        Raises:
            KeyError: there is no such user.
        """
        known = self.dataset.find(("users", user)).properties
        claims: JsonObject = {"idtyp": "user", "oid": user, "scp": " ".join(scopes)}
        claims |= {"name": known.get("displayName"), "upn": known.get("userPrincipalName")}
        return self._issued(Caller(user, frozenset(scopes)), claims)

    def _issued(self, caller: Caller, claims: JsonObject) -> str:
        token = make_token(self.dataset.tenant_id, claims)
        self._service.callers[token] = caller
        return token

    @property
    def credential(self) -> EmulatorCredential:
        """A credential with the current token."""
        return EmulatorCredential(self.token)

    @property
    def blocking_credential(self) -> BlockingEmulatorCredential:
        """The same for a client of `graph_meetings.blocking`."""
        return BlockingEmulatorCredential(self.token)
