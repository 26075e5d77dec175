"""The JSON of made-up webinars, town halls, attendance reports and records, as shown in the documents.

Source: https://learn.microsoft.com/graph/api/attendancerecord-list, …/meetingattendancereport-get and their examples.
"""

from datetime import datetime, timedelta

from graph_meetings_emulator.data.fake_values import FakeValues, timestamp
from graph_meetings_runtime.json_codec import JsonObject


class AttendanceFactory:
    """Make the JSON of virtual events and attendance reports.

    Args:
        fake: supplies the values.
    """

    def __init__(self, fake: FakeValues) -> None:
        self.fake = fake

    def virtual_event(self, organizer: JsonObject, start: datetime) -> JsonObject:
        """Return a webinar or a town hall."""
        fake = self.fake
        identity = {"id": organizer["id"], "displayName": organizer["displayName"], "tenantId": fake.tenant}
        return {
            "id": f"{fake.guid()}@{fake.tenant}",
            "status": "published",
            "displayName": f"Pumpen — Überblick {fake.number(1, 99)}",
            "startDateTime": _local(start),
            "endDateTime": _local(start + timedelta(minutes=50)),
            "audience": "everyone",
            "createdBy": {"application": None, "device": None, "user": identity},
        }

    def session(self, event: JsonObject, start: datetime) -> JsonObject:
        """Return a session of a virtual event."""
        return {
            "id": self.fake.guid(),
            "subject": event["displayName"],
            "startDateTime": _local(start),
            "endDateTime": _local(start + timedelta(minutes=50)),
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
        identity: JsonObject = {"id": organizer["id"], "displayName": organizer["displayName"], "tenantId": None}
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


def _local(moment: datetime) -> JsonObject:
    """Return a time as a `dateTimeTimeZone`."""
    return {"dateTime": timestamp(moment, 0)[:-1], "timeZone": "UTC"}
