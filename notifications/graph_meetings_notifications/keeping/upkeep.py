"""How a keeper maintains the subscription to one resource, while it holds the lock of the store.

Source: https://learn.microsoft.com/graph/change-notifications-lifecycle-events
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from graph_meetings import AccessDenied, GraphError, GraphMeetingsClient, NotFound, Subscription
from graph_meetings_notifications.keeping.keeper_store import KeeperStore, Notice
from graph_meetings_notifications.keeping.records import Attempt, State
from graph_meetings_notifications.keeping.schedule import LONGEST_SILENCE, renewal
from graph_meetings_notifications.keeping.subscription import Wanted, adoptable, alike
from graph_meetings_runtime.asynchronous.threads import run_in_thread

LOG: Final = logging.getLogger("graph_meetings.notifications")

_SHORT_LIFE: Final = timedelta(minutes=59)
_TOO_FAR: Final = re.compile(r"can only be \d+ minutes in the future|beyond allowed max", re.IGNORECASE)
_QUOTA: Final = re.compile("maximum number of subscriptions", re.IGNORECASE)


class Upkeep:
    """Creates, adopts, renews or replaces the subscription to one resource.

    Args:
        graph: the client.
        store: records each step before and after it is taken, so that a crash neither repeats nor loses one.
        clock: returns the current time.
        wanted: the subscription that should exist.
        listed: the subscriptions that the service lists, by id.
    """

    def __init__(
        self,
        graph: GraphMeetingsClient,
        store: KeeperStore,
        clock: Callable[[], datetime],
        wanted: Wanted,
        listed: Mapping[str, Subscription],
    ) -> None:
        self._subscriptions = graph.subscriptions
        self._store = store
        self._clock = clock
        self._wanted = wanted
        self._listed = listed
        self._resource = wanted.terms.resource
        self._state = State()
        self._own: set[str | None] = set()

    async def run(self) -> None:
        """Bring the subscription to the wanted state.

        Raises:
            GraphError: the service failed or refused.
            KeeperError: the store failed.
        """
        state = await run_in_thread(self._store.state, self._resource)
        self._become(replace(state, began=state.began or self._clock()))
        await self._adopt()
        await self._handle_notices()
        await self._confirm(self._state.id)
        if self._state.id is None:
            await self._create()
        elif self._is_to_be_replaced():
            await self._replace()
        else:
            await self._keep_alive(self._state.id)
        await self._delete_superseded()

    async def _confirm(self, id_: str | None) -> None:
        """Check that the subscription still exists, and whether notifications may have been lost."""
        now, confirmed = self._clock(), self._state.confirmed
        if id_ is not None and not await self._is_alive(id_):
            await self._lose()
        elif id_ is not None and confirmed is not None and now - confirmed > LONGEST_SILENCE:
            # The service drops notifications that it could not deliver for that long.
            await self._save(replace(self._state, confirmed=now), gap_begins=confirmed, gap_ends=now)

    async def _keep_alive(self, id_: str) -> None:
        """Renew or reauthorize the subscription if that is due."""
        now, state = self._clock(), self._state
        try:
            if state.renew_at is None or state.renew_at <= now:
                await self._renew(id_)
            elif state.is_reauthorization_due:
                await self._subscriptions.by_subscription_id(id_).reauthorize.post()
        except NotFound:
            await self._lose()
            await self._create()
            return
        healthy = replace(self._state, confirmed=now, is_reauthorization_due=False)
        await self._save(_without_failure(healthy))

    async def _renew(self, id_: str) -> None:
        async def patch(expires: datetime) -> Subscription:
            change = Subscription(expiration_date_time=expires)
            return await self._subscriptions.by_subscription_id(id_).patch(change)

        await self._save(_alive_until(await self._within_limits(patch), self._state, self._clock()))

    async def _create(self) -> None:
        """Create the subscription, and end the gap before it."""
        made = await self._post()
        await self._keep(replace(self._state, id=made.id, terms=self._wanted.terms, attempt=None), made)

    async def _replace(self) -> None:
        """Create a new subscription before the old one is deleted, so that nothing is missed in between."""
        old = self._state
        try:
            made = await self._post()
        except AccessDenied as error:
            if old.id is None or not _QUOTA.search(error.message or ""):
                raise
            await self._delete(old.id)  # the quota allows only one subscription
            await self._lose(at=self._clock())
            await self._create()
            return
        state = replace(self._state, id=made.id, terms=self._wanted.terms, attempt=None, superseded=old.id)
        await self._keep(state, made)

    async def _post(self) -> Subscription:
        others = alike(self._listed, self._wanted.terms)
        for id_ in others:
            if id_ not in self._own:
                LOG.warning(
                    "there is another subscription to %s with the same URL, %s, whose client state is not known here: "
                    "delete it, unless another store keeps it",
                    self._resource,
                    id_,
                )
        await self._save(replace(self._state, attempt=Attempt(self._wanted.terms, tuple(others))))
        wanted = self._wanted
        try:
            return await self._within_limits(lambda expires: self._subscriptions.post(wanted.subscription(expires)))
        except GraphError as error:
            if not error.may_have_taken_effect:
                await self._save(replace(self._state, attempt=None))
            raise

    async def _within_limits(self, write: Callable[[datetime], Awaitable[Subscription]]) -> Subscription:
        """Ask for the wanted lifetime, or for less than an hour if the service does not allow that much."""
        try:
            return await write(self._clock() + self._wanted.life)
        except GraphError as error:
            if self._wanted.life <= _SHORT_LIFE or not _TOO_FAR.search(error.message or ""):
                raise
        return await write(self._clock() + _SHORT_LIFE)

    async def _adopt(self) -> None:
        """Adopt the subscription that an earlier attempt created without receiving the response."""
        attempt = self._state.attempt
        found = adoptable(self._listed, attempt)
        if found is None or attempt is None:
            return
        LOG.info("adopted the subscription %s to %s: there was no response to its creation", found.id, self._resource)
        superseded = self._state.id or self._state.superseded
        state = replace(self._state, id=found.id, terms=attempt.terms, attempt=None, superseded=superseded)
        await self._keep(state, found)

    async def _keep(self, state: State, subscription: Subscription) -> None:
        """Save a new subscription, and end the gap."""
        before = self._state.certificate_id
        kept = replace(state, previous_certificate_id=before or state.previous_certificate_id)
        now = self._clock()
        alive = replace(_alive_until(subscription, kept, now), confirmed=now)
        await self._save(_without_failure(alive), gap_ends=now)

    async def _handle_notices(self) -> None:
        """Act on the lifecycle notifications that are waiting."""
        state = self._state
        notices = [] if state.id is None else await run_in_thread(self._store.notices, state.id)
        for notice in notices:
            await self._handle(notice)

    async def _handle(self, notice: Notice) -> None:
        match notice.event:
            case "reauthorizationRequired":
                await self._save(replace(self._state, is_reauthorization_due=True), notices=[notice])
            case "subscriptionRemoved":
                await self._lose(notices=[notice])
            case "missed":
                begins = notice.received - LONGEST_SILENCE
                await self._save(self._state, gap_begins=begins, gap_ends=self._clock(), notices=[notice])
            case _:
                await self._save(self._state, notices=[notice])

    async def _lose(self, at: datetime | None = None, notices: list[Notice] | None = None) -> None:
        """Record that the subscription is gone, and since when notifications may be missing."""
        if self._state.id is None:
            return
        LOG.warning("the subscription %s to %s is gone; creating another one", self._state.id, self._resource)
        gone = replace(self._state, id=None, expires=None, renew_at=None, is_reauthorization_due=False)
        begins = at or self._state.confirmed or self._clock()
        await self._save(gone, gap_begins=begins, notices=notices or [])

    async def _delete_superseded(self) -> None:
        """Delete the subscription that was replaced. If that fails, the next pass tries again."""
        if self._state.superseded is None:
            return
        try:
            await self._delete(self._state.superseded)
        except GraphError as error:
            LOG.warning("could not delete a subscription to %s that was replaced: %s", self._resource, error)
        else:
            await self._save(replace(self._state, superseded=None))

    async def _delete(self, id_: str) -> None:
        try:
            await self._subscriptions.by_subscription_id(id_).delete()
        except NotFound:
            LOG.debug("the subscription %s was gone already", id_)

    async def _is_alive(self, id_: str) -> bool:
        if id_ in self._listed:
            return True
        try:  # the list may lag behind
            await self._subscriptions.by_subscription_id(id_).get()
        except NotFound:
            return False
        return True

    def _is_to_be_replaced(self) -> bool:
        """Whether the subscription must be replaced: only its expiration can be changed."""
        state, wanted = self._state, self._wanted.terms
        if state.terms is None or state.terms.differs(wanted):
            return True
        is_due = state.renew_at is None or state.renew_at <= self._clock()
        return is_due and state.certificate_id != wanted.certificate_id

    async def _save(
        self,
        state: State,
        *,
        gap_begins: datetime | None = None,
        gap_ends: datetime | None = None,
        notices: list[Notice] | None = None,
    ) -> None:
        await run_in_thread(
            self._store.save,
            self._resource,
            state,
            gap_begins=gap_begins,
            gap_ends=gap_ends,
            notices=notices or [],
        )
        self._become(state)

    def _become(self, state: State) -> None:
        self._state = state
        self._own |= {state.id, state.superseded}


def _alive_until(subscription: Subscription, state: State, now: datetime) -> State:
    """Return the state with the expiration that the service has set."""
    expires = subscription.expiration_date_time or now + _SHORT_LIFE
    return replace(state, expires=expires, renew_at=renewal(now, expires))


def _without_failure(state: State) -> State:
    return replace(state, failures=0, failure="", retry_at=None)
