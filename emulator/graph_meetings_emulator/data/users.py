"""Made-up users, whom everything else in a dataset belongs to."""

from graph_meetings_emulator.data.fake_values import FakeValues, Start
from graph_meetings_emulator.data.store import Store


class UserData(Store):
    """Users.

    Args:
        seed: decides everything that the methods make up.
        until: the present, before which everything made up happens; `None` for the first half of 2026.
    """

    def __init__(self, *, seed: int = 1, until: Start = None) -> None:
        super().__init__()
        self._seed = seed
        self._fake = FakeValues(seed, until=until)

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

    def add_organizer(self) -> str:
        """Add a made-up user and return the id; the first user is `/me`."""
        user = self.add(("users",), self._fake.user())
        self.root.singles.setdefault("me", user)
        return user.id
