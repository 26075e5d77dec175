"""The data set: users, their meetings and what belongs to them, in memory, changeable while the service runs."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from threading import RLock
from typing import TypeAlias

from graph_meetings_emulator.content import Mp4
from graph_meetings_emulator.entities import Entity, Feed, NavigationPath
from graph_meetings_emulator.fabricate import Fabric
from graph_meetings_runtime.json_codec import JsonObject

EntityPath: TypeAlias = tuple[str, ...]
"""Collection names and ids in turn, from the root: `("users", id, "onlineMeetings", id)`."""

SizeRange: TypeAlias = int | tuple[int, int]


class Dataset:
    """The entities that the service answers from.

    Args:
        seed: decides everything that the methods make up.
    """

    def __init__(self, *, seed: int = 1) -> None:
        self.root = Entity({})
        self._fabric = Fabric(seed)
        self._changes = 0
        # The server's thread reads while tests write from theirs.
        self._lock = RLock()

    @classmethod
    def generate(
        cls,
        *,
        seed: int = 1,
        organizers: int = 2,
        meetings: int = 3,
        recordings: int = 4,
        content_size: SizeRange = (100_000, 2_000_000),
    ) -> "Dataset":
        """Make up a data set; the same arguments give the same data.

        Args:
            seed: decides every id, time, text and byte.
            organizers: number of users.
            meetings: for each organizer.
            recordings: for each meeting.
            content_size: of each recording in bytes: a number, or the least and the greatest.
        """
        dataset = cls(seed=seed)
        for _ in range(organizers):
            organizer = dataset.add_organizer()
            for _ in range(meetings):
                meeting = dataset.add_meeting(organizer)
                for _ in range(recordings):
                    dataset.add_recording(organizer, meeting, content_size=content_size)
        return dataset

    @property
    def organizers(self) -> tuple[str, ...]:
        """The users' ids."""
        return tuple(self.root.collections.get("users", {}))

    def meetings(self, organizer_id: str) -> tuple[str, ...]:
        """List the ids of a user's meetings."""
        return tuple(self.find(("users", organizer_id)).collections.get("onlineMeetings", {}))

    def recordings(self, organizer_id: str) -> list[JsonObject]:
        """List all recordings of a user's meetings."""
        owner = self.find(("users", organizer_id))
        return [entity.properties for entity in owner.below(("onlineMeetings", "recordings"))]

    def add_organizer(self) -> str:
        """Add a made-up user, and return the id; the first one is `/me`."""
        user = self.add(("users",), self._fabric.user())
        self.root.singles.setdefault("me", user)
        return user.id

    def add_meeting(self, organizer_id: str) -> str:
        """Add a made-up meeting, and return its id."""
        organizer = self.find(("users", organizer_id)).properties
        return self.add(("users", organizer_id, "onlineMeetings"), self._fabric.meeting(organizer)).id

    def add_recording(
        self,
        organizer_id: str,
        meeting_id: str | None = None,
        *,
        content_size: SizeRange = 1_000_000,
        created: datetime | str | None = None,
    ) -> JsonObject:
        """Add a made-up recording, and return its JSON; `replace` changes it.

        Args:
            organizer_id: the user.
            meeting_id: by default the user's first meeting.
            content_size: in bytes: a number, or the least and the greatest.
            created: an aware datetime or an RFC 3339 text; by default some time after the meeting's last recording.
        """
        meeting = self.find(("users", organizer_id, "onlineMeetings", meeting_id or self.meetings(organizer_id)[0]))
        siblings = meeting.collections.get("recordings", {})
        recording = self._fabric.recording(organizer_id, meeting.properties, len(siblings), created)
        size = content_size if isinstance(content_size, int) else self._fabric.number(*content_size)
        path = ("users", organizer_id, "onlineMeetings", meeting.id, "recordings")
        return self.add(path, recording, streams={"content": Mp4(str(recording["id"]), size)}).properties

    def content(self, organizer_id: str, meeting_id: str, recording_id: str) -> Mp4:
        """Give a recording's content."""
        return self.find(("users", organizer_id, "onlineMeetings", meeting_id, "recordings", recording_id)).streams[
            "content"
        ]

    def add(self, path: EntityPath, properties: JsonObject, *, streams: Mapping[str, Mp4] | None = None) -> Entity:
        """Add an entity to the collection that a path ends with.

        Raises:
            KeyError: the path names an entity that does not exist.
            ValueError: the collection has an entity of that id.
        """
        with self._lock:
            *owner_path, name = path
            owner = self.find(owner_path)
            entity = Entity(properties, owner, name)
            entity.streams.update(streams or {})
            members = owner.collections.setdefault(name, {})
            if entity.id in members:
                raise ValueError(f"{name} has an entity with the id {entity.id!r} already")
            members[entity.id] = entity
            self._record(entity)
            entity.added = entity.changed
            return entity

    def add_single(self, path: EntityPath, properties: JsonObject) -> Entity:
        """Add the entity of a single-valued property: `("communications",)`.

        Raises:
            KeyError: the path names an entity that does not exist.
        """
        with self._lock:
            *owner_path, name = path
            owner = self.find(owner_path)
            owner.singles[name] = Entity(properties, owner, name)
            return owner.singles[name]

    def replace(self, path: EntityPath, properties: JsonObject, *, streams: Mapping[str, Mp4] | None = None) -> None:
        """Give the entity at a path other properties, and other streams where given."""
        with self._lock:
            entity = self.find(path)
            entity.replace(properties)
            entity.streams.update(streams or {})
            self._record(entity)

    def remove(self, path: EntityPath) -> None:
        """Remove the entity at a path and all that it contains."""
        with self._lock:
            entity = self.find(path)
            if entity.parent is not None:
                del entity.parent.collections[entity.container][entity.id]
            self._bury(entity)

    def find(self, path: Iterable[str]) -> Entity:
        """Find the entity at a path.

        Raises:
            KeyError: there is none.
        """
        entity = self.root
        names = iter(path)
        for name in names:
            entity = entity.singles[name] if name in entity.singles else entity.collections[name][next(names)]
        return entity

    def feed(self, owner: Entity, path: NavigationPath) -> Feed:
        """Give the set below an entity, which from then on is kept up to date."""
        with self._lock:
            if path not in owner.feeds:
                owner.feeds[path] = Feed.of(owner, path)
            return owner.feeds[path]

    def _bury(self, entity: Entity) -> None:
        for contained in entity.collections.values():
            for child in contained.values():
                self._bury(child)
        entity.is_removed = True
        self._record(entity)

    def _record(self, entity: Entity) -> None:
        self._changes += 1
        entity.changed = self._changes
        for owner, path in entity.ancestors():
            if feed := owner.feeds.get(path):
                feed.log.append((entity.changed, entity))
