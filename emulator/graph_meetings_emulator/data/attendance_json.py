"""The JSON of made-up webinars, town halls, attendance reports and records, as shown in the documents.

Source: https://learn.microsoft.com/graph/api/attendancerecord-list, …/meetingattendancereport-get,
…/virtualeventwebinar-get, …/virtualeventsession-get, …/virtualeventregistration-get and their examples.
"""

from datetime import datetime, timedelta
from typing import cast

from graph_meetings_emulator.data.fake_values import FakeValues, timestamp
from graph_meetings_runtime.json_codec import JsonObject

EVENT_TYPES = {
    "webinars": "#microsoft.graph.virtualEventWebinar",
    "townhalls": "#microsoft.graph.virtualEventTownhall",
}
"""By collection, the type of its events."""


class AttendanceFactory:
    """Make the JSON of virtual events and attendance reports.

    Args:
        fake: supplies the values.
    """

    def __init__(self, fake: FakeValues) -> None:
        self.fake = fake

    def virtual_event(self, organizer: JsonObject, start: datetime, kind: str) -> JsonObject:
        """Return a webinar or a town hall, as `kind` says."""
        fake = self.fake
        identity = {**_named(organizer), "tenantId": fake.tenant}
        event: JsonObject = {
            "id": f"{fake.guid()}@{fake.tenant}",
            "status": "published",
            "description": {"contentType": "html", "content": "<p>Was Pumpen können &amp; was nicht</p>"},
            "isRegistrationRequired": True,
            "settings": {"isAttendeeEmailNotificationEnabled": False},
            "externalEventInformation": [],
            "displayName": f"Pumpen — Überblick {fake.number(1, 99)}",
            "startDateTime": _local(start),
            "endDateTime": _local(start + timedelta(minutes=50)),
            "audience": "everyone",
            "createdBy": {"application": None, "device": None, "user": identity},
            "coOrganizers": [{"id": fake.guid(), "displayName": "Zweite Leitung", "tenantId": fake.tenant}],
        }
        return (
            event
            if kind == "webinars"
            else {**event, "capacity": 10_000, "isInviteOnly": False, "invitedAttendees": []}
        )

    def session(self, event: JsonObject, start: datetime) -> JsonObject:
        """Return a session of a virtual event."""
        id_ = self.fake.guid()
        return {
            "id": id_,
            "subject": event["displayName"],
            "startDateTime": _local(start),
            "endDateTime": _local(start + timedelta(minutes=50)),
            "joinWebUrl": f"https://teams.example/l/meetup-join/{id_}",
            "capacity": 1_000,
            "videoOnDemandWebUrl": None,
        }

    def presenters(self, organizer: JsonObject, kind: str) -> list[JsonObject]:
        """Return the presenters of a virtual event: the organizer, and a guest. Those of town halls have no details."""
        fake = self.fake
        details: JsonObject = {
            "bio": {"contentType": "text", "content": "Dreht Pumpen auf."},
            "company": "Lakeshore",
            "jobTitle": "Pumpenwart",
            "linkedInProfileWebUrl": None,
            "personalSiteWebUrl": "https://lakeshore.example/pumpen",
            "twitterProfileWebUrl": None,
        }
        shown = details if kind == "webinars" else None
        user: JsonObject = {**_named(organizer), "tenantId": fake.tenant}
        guest: JsonObject = {"id": fake.guid(), "displayName": "Gastrednerin", "email": None}
        return [
            {"id": fake.guid(), "email": email, "identity": identity, "presenterDetails": shown}
            for email, identity in ((organizer["userPrincipalName"], user), ("gast@elsewhere.example", guest))
        ]

    def registration(self, record: JsonObject, start: datetime) -> JsonObject:
        """Return the registration of someone who attended, of whom there is a record."""
        identity = cast("JsonObject", record["identity"])
        first, _, last = str(identity["displayName"]).partition(" ")
        registered = start - timedelta(days=self.fake.number(1, 20))
        return {
            "id": record["registrationId"],
            "userId": identity["id"] if identity.get("tenantId") else None,
            "firstName": first,
            "lastName": last,
            "email": record["emailAddress"] or f"{record['registrationId']}@elsewhere.example",
            "status": "registered",
            "registrationDateTime": self.fake.varied_timestamp(registered),
            "cancelationDateTime": None,
            "preferredLanguage": "de-DE",
            "preferredTimezone": "W. Europe Standard Time",
            "externalRegistrationInformation": record["externalRegistrationInformation"],
            "registrationQuestionAnswers": [
                {
                    "questionId": self.fake.guid(),
                    "displayName": "Eigene Pumpe?",
                    "value": None,
                    "booleanValue": True,
                    "multiChoiceValues": [],
                }
            ],
        }

    def report(self, attendees: int, start: datetime, *, is_event: bool) -> JsonObject:
        """Return an attendance report; as in the documents, its times have three and two fraction digits."""
        fake = self.fake
        report: JsonObject = {
            "id": fake.guid(),
            "totalParticipantCount": attendees,
            "meetingStartDateTime": f"{timestamp(start, fake.ticks())[:23]}Z",
            "meetingEndDateTime": f"{timestamp(start + timedelta(minutes=43), fake.ticks())[:22]}Z",
        }
        if is_event:
            report["externalEventInformation"] = [
                {"applicationId": fake.guid(), "externalEventId": f"EXT-{fake.number(1, 999):03}"}
            ]
        return report

    def records(self, organizer: JsonObject, attendees: int, start: datetime, *, is_event: bool) -> list[JsonObject]:
        """Return the records of a report: the organizer, then users, ACS users and anonymous users in turn."""
        makers = (self._user, self._acs_user, self._anonymous)
        others = [makers[index % len(makers)](start) for index in range(attendees - 1)]
        records = [self._organizer(organizer, start), *others][:attendees]
        return (
            [{**record, **self._registration(number)} for number, record in enumerate(records)] if is_event else records
        )

    def _organizer(self, organizer: JsonObject, start: datetime) -> JsonObject:
        """Return a record without an id, like most in the documents."""
        identity: JsonObject = {**_named(organizer), "tenantId": None}
        return {
            "emailAddress": organizer["userPrincipalName"],
            **self._times(start, 1),
            "role": "Organizer",
            "identity": identity,
        }

    def _user(self, start: datetime) -> JsonObject:
        user = self.fake.user()
        return {
            "id": user["id"],
            "emailAddress": user["userPrincipalName"],
            **self._times(start, 2),
            "role": "Presenter",
            "identity": {
                "@odata.type": "#microsoft.graph.communicationsUserIdentity",
                "id": user["id"],
                "displayName": user["displayName"],
                "tenantId": self.fake.tenant,
            },
        }

    def _acs_user(self, start: datetime) -> JsonObject:
        resource, id_ = self.fake.guid(), self.fake.guid()
        return {
            "id": id_,
            "emailAddress": "",
            **self._times(start, 1),
            "role": "Attendee",
            "identity": {
                "@odata.type": "#microsoft.graph.azureCommunicationServicesUserIdentity",
                "id": f"8:acs:{resource}_{id_}",
                "displayName": "Walk-in guest",
                "azureCommunicationServicesResourceId": resource,
            },
            "registrantId": None,
        }

    def _anonymous(self, start: datetime) -> JsonObject:
        """Return the record of someone who did not sign in, and whose leaving was not noticed."""
        joined = start + timedelta(seconds=self.fake.number(0, 600))
        return {
            "emailAddress": None,
            "totalAttendanceInSeconds": 0,
            "role": "None",
            "identity": {"id": None, "displayName": "Günther (Guest)", "tenantId": None},
            "attendanceIntervals": [
                {"joinDateTime": timestamp(joined), "leaveDateTime": None, "durationInSeconds": None}
            ],
        }

    def _times(self, start: datetime, count: int) -> JsonObject:
        intervals: list[JsonObject] = []
        total, now = 0, start
        for _ in range(count):
            now += timedelta(seconds=self.fake.number(5, 120))
            duration = self.fake.number(60, 1500)
            end = now + timedelta(seconds=duration)
            intervals.append(
                {
                    "joinDateTime": self.fake.varied_timestamp(now),
                    "leaveDateTime": timestamp(end, self.fake.ticks()),
                    "durationInSeconds": duration,
                }
            )
            total, now = total + duration, end
        return {"totalAttendanceInSeconds": total, "attendanceIntervals": [*intervals]}

    def _registration(self, number: int) -> JsonObject:
        return {
            "registrantId": None,
            "registrationId": self.fake.guid() if number else None,
            "externalRegistrationInformation": {
                "referrer": "Campaign mail" if number % 2 == 0 else None,
                "registrationId": f"made-up-reg-{number:04}" if number % 2 == 0 else None,
            },
        }


def _named(user: JsonObject) -> JsonObject:
    """Return the id and the name of a user."""
    return {"id": user["id"], "displayName": user["displayName"]}


def _local(moment: datetime) -> JsonObject:
    """Return a time as a `dateTimeTimeZone`."""
    return {"dateTime": timestamp(moment, 0)[:-1], "timeZone": "UTC"}
