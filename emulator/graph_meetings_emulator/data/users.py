"""Made-up users, whom everything else in a dataset belongs to, and groups of them."""

from collections import Counter
from collections.abc import Iterable

from graph_meetings_emulator.data.fake_values import FakeValues, Start
from graph_meetings_emulator.data.store import Store
from graph_meetings_runtime.json_codec import JsonObject


class UserData(Store):
    """Users and groups.

    Args:
        seed: decides everything that the methods make up.
        until: the present, before which everything made up happens; `None` for the first half of 2026.
    """

    def __init__(self, *, seed: int = 1, until: Start = None) -> None:
        super().__init__()
        self._seed = seed
        self._fake = FakeValues(seed, until=until)
        self._namesakes: Counter[str] = Counter()

    def _sequence(self, name: str) -> FakeValues:
        """Return a sequence of its own for one kind of data, so that more of it does not change the other kinds."""
        return FakeValues(f"{self._seed}/{name}", self._fake.tenant, self._fake.until)

    @property
    def organizers(self) -> tuple[str, ...]:
        """The ids of the users."""
        return self.ids(("users",))

    @property
    def tenant_id(self) -> str:
        """The id of the tenant that everyone belongs to."""
        return self._fake.tenant

    @property
    def groups(self) -> tuple[str, ...]:
        """The ids of the groups."""
        return self.ids(("groups",))

    def add_group(self, members: Iterable[str] | None = None) -> str:
        """Add a made-up group and return its id. Apart from users, it has a device and another group as members.

        Args:
            members: the ids of the users; by default all.
        """
        fake = self._sequence(f"groups/{len(self.groups)}")
        group = self.add(("groups",), {"id": fake.guid(), "displayName": f"Group {len(self.groups) + 1}"})
        others = {"microsoft.graph.device": "A meeting room", "microsoft.graph.group": "A group within the group"}
        for type_, name in others.items():
            self._add_member(group.id, {"id": fake.guid(), "displayName": name}, type_)
        for user in self.organizers if members is None else members:
            self._add_member(group.id, self.find(("users", user)).properties, "microsoft.graph.user")
        return group.id

    def _unique(self, user: JsonObject) -> JsonObject:
        """Return a user with a name to sign in with that no other has."""
        name = str(user["userPrincipalName"])
        self._namesakes[name] += 1
        if self._namesakes[name] == 1:
            return user
        own = name.replace("@", f"{self._namesakes[name]}@")
        return {**user, "mail": own, "userPrincipalName": own}

    def _add_member(self, group_id: str, member: JsonObject, type_: str) -> None:
        self.add(("groups", group_id, "transitiveMembers"), member, type_=type_)

    def add_organizer(self) -> str:
        """Add a made-up user and return the id; the first user is `/me`."""
        user = self.add(("users",), self._unique(self._fake.user()))
        self.root.singles.setdefault("me", user)
        return user.id
