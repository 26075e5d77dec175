"""The JSON of made-up call records and what they contain, as shown in the documents.

Source: https://learn.microsoft.com/graph/api/resources/callrecords-callrecord, …-session, …-segment, …-participant
and their examples.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from graph_meetings_emulator.data.fake_values import FakeValues, timestamp
from graph_meetings_runtime.json_codec import JsonObject, JsonValue

_IDENTITY_MEMBERS: tuple[str, ...] = (
    "acsUser",
    "spoolUser",
    "phone",
    "guest",
    "encrypted",
    "onPremises",
    "acsApplicationInstance",
    "spoolApplicationInstance",
    "applicationInstance",
    "application",
    "device",
    "user",
)
"""The members of an identity set that the service always sends, even if null or undeclared."""

_TOKENS = (
    "NoSound",
    "OtherNoSound",
    "Echo",
    "Noisy",
    "LowVolume",
    "Stopped",
    "DistortedSound",
    "Interruptions",
    "SomethingAddedLater",
)


class CallRecordFactory:
    """Make the JSON of call records and what they contain.

    Args:
        fake: supplies the values.
    """

    def __init__(self, fake: FakeValues) -> None:
        self.fake = fake

    def record(
        self, organizer: JsonObject, participants: Sequence[JsonObject], start: datetime, join_url: str | None
    ) -> JsonObject:
        """Return a call record with its deprecated properties, without sessions, which are entities of their own."""
        fake = self.fake
        end = start + timedelta(seconds=fake.number(60, 5400), milliseconds=fake.number(0, 999))
        modalities: list[JsonValue] = ["audio", "video"]
        users = [organizer, *(fake.user() for _ in participants[1:])]
        return {
            "id": fake.guid(),
            "version": fake.number(1, 4),
            "type": "groupCall" if join_url else "peerToPeer",
            "modalities": modalities[: fake.number(1, 2)],
            "lastModifiedDateTime": fake.varied_timestamp(end + timedelta(minutes=25)),
            "startDateTime": fake.varied_timestamp(start),
            "endDateTime": fake.varied_timestamp(end),
            "joinWebUrl": join_url,
            "organizer": {"user": self._user(organizer)},
            "participants": [{"user": self._user(user)} for user in users],
        }

    def organizer(self, user: JsonObject) -> JsonObject:
        """Return the organizer of a call."""
        units: list[JsonValue] = [{"id": self.fake.guid()}]
        return {"id": user["id"], "identity": {"user": self._user(user)}, "administrativeUnitInfos": units}

    def phone_organizer(self) -> JsonObject:
        """Return the organizer of a call made from a telephone."""
        _, phone = self._phone_identity()
        return {"id": phone["id"], "identity": {"user": None, "acsUser": None, "spoolUser": None, "phone": phone}}

    def participants(self, organizer: JsonObject, count: int) -> list[JsonObject]:
        """Return the participants of a call: the organizer, then phones, ACS users, guests and users in turn."""
        makers = (
            self._user_identity,
            self._phone_identity,
            self._acs_identity,
            self._guest_identity,
            self._declared_acs_identity,
        )
        others = [self._participant(*makers[index % len(makers)]()) for index in range(1, count)]
        return [self._participant("user", self._named(organizer)), *others][:count]

    def session(self, record: JsonObject, participant: JsonObject, number: int) -> JsonObject:
        """Return a session of a participant; every other one is with a client, the rest with a service."""
        fake = self.fake
        start, end = self._inside(record)
        session: JsonObject = {
            "id": fake.guid(),
            "modalities": ["audio"],
            "startDateTime": start,
            "endDateTime": end,
            "isTest": False,
            "caller": self._client(participant),
            "callee": self._web_client() if number % 2 else self._service(),
        }
        if number % 3 == 1:
            session["failureInfo"] = {"reason": "The connection was lost.", "stage": "midcall"}
        return session

    def segment(self, session: JsonObject) -> JsonObject:
        """Return a segment of a session, with media."""
        start, end = self._inside(session)
        return {
            "id": self.fake.guid(),
            "startDateTime": start,
            "endDateTime": end,
            "caller": session["caller"],
            "callee": session["callee"],
            "media": [self._media(start, end)],
        }

    def _inside(self, whole: JsonObject) -> tuple[str, str]:
        start, end = (datetime.fromisoformat(str(whole[name])) for name in ("startDateTime", "endDateTime"))
        later, earlier = timedelta(seconds=self.fake.number(0, 5)), timedelta(seconds=self.fake.number(0, 5))
        return (
            timestamp(start + later, self.fake.ticks()),
            timestamp(max(end - earlier, start + later), self.fake.ticks()),
        )

    def _user(self, user: JsonObject) -> JsonObject:
        return {"id": user["id"], "displayName": user["displayName"], "tenantId": self.fake.tenant}

    def _named(self, user: JsonObject) -> JsonObject:
        return {
            "@odata.type": "#microsoft.graph.userIdentity",
            **self._user(user),
            "userPrincipalName": user["userPrincipalName"],
        }

    def _participant(self, kind: str, identity: JsonObject) -> JsonObject:
        return {"id": identity["id"], "identity": {**dict.fromkeys(_IDENTITY_MEMBERS), kind: identity}}

    def _user_identity(self) -> tuple[str, JsonObject]:
        return "user", self._named(self.fake.user())

    def _phone_identity(self) -> tuple[str, JsonObject]:
        return "phone", {"id": self.fake.phone_number(), "displayName": None, "tenantId": None}

    def _acs_identity(self) -> tuple[str, JsonObject]:
        resource = self.fake.guid()
        return "acsUser", {
            "@odata.type": "#microsoft.graph.azureCommunicationServicesUserIdentity",
            "id": f"8:acs:{resource}_{self.fake.guid()}",
            "displayName": "Walk-in guest",
            "azureCommunicationServicesResourceId": resource,
        }

    def _declared_acs_identity(self) -> tuple[str, JsonObject]:
        """Return an identity under the name declared in the metadata; the documents use `acsUser`."""
        return "azureCommunicationServicesUser", self._acs_identity()[1]

    def _guest_identity(self) -> tuple[str, JsonObject]:
        return "guest", {
            "@odata.type": "#microsoft.graph.communicationsGuestIdentity",
            "id": f"guest-{self.fake.number(4096, 65535):x}",
            "displayName": "Visitor",
            "email": "visitor@example.org",
        }

    def _client(self, participant: JsonObject) -> JsonObject:
        identity = participant["identity"]
        known = [value for value in identity.values() if value] if isinstance(identity, dict) else []
        return {
            "@odata.type": "#microsoft.graph.callRecords.participantEndpoint",
            "name": f"LKS-LAP-{self.fake.number(0, 999):03}",
            "cpuName": "Made-up CPU 8c @ 2.35GHz",
            "cpuCoresCount": 8,
            "cpuProcessorSpeedInMhz": 2346,
            "userAgent": {
                "@odata.type": "#microsoft.graph.callRecords.clientUserAgent",
                "headerValue": "CallSignalingAgent (27/1.0 made-up)",
                "applicationVersion": None,
                "platform": "windows",
                "productFamily": "teams",
            },
            "associatedIdentity": known[0] if known else None,
        }

    def _web_client(self) -> JsonObject:
        user = self._named(self.fake.user())
        return {
            "@odata.type": "#microsoft.graph.callRecords.participantEndpoint",
            "name": "ACS-WEB",
            "userAgent": {
                "@odata.type": "#microsoft.graph.callRecords.clientUserAgent",
                "headerValue": "AzureCommunicationServicesCalling/1.0 made-up",
                "applicationVersion": None,
                "platform": "web",
                "productFamily": "azureCommunicationServices",
                "azureADAppId": None,
                "communicationServiceId": self.fake.guid(),
            },
            "identity": {"@odata.type": "#microsoft.graph.identitySet", "user": user},
            "associatedIdentity": user,
            "feedback": {
                "rating": "poor",
                "text": None,
                "tokens": {token: self.fake.number(0, 3) == 0 for token in _TOKENS},
            },
        }

    def _service(self) -> JsonObject:
        return {
            "@odata.type": "#microsoft.graph.callRecords.serviceEndpoint",
            "userAgent": {
                "@odata.type": "#microsoft.graph.callRecords.serviceUserAgent",
                "headerValue": "MC/1.0 made-up",
                "applicationVersion": "1.0",
                "role": "mediaController",
            },
        }

    def _media(self, start: str, end: str) -> JsonObject:
        return {
            "label": "main-audio",
            "callerNetwork": self._wireless_network(),
            "calleeNetwork": {
                "ipAddress": self.fake.ip_address(),
                "subnet": "203.0.113.0",
                "linkSpeed": 4294967295,
                "connectionType": "wired",
                "port": 50011,
            },
            "callerDevice": {
                "captureDeviceName": "Default input device",
                "renderDeviceName": "Default output device",
                "receivedSignalLevel": -10,
                "receivedNoiseLevel": -68,
                "initialSignalLevelRootMeanSquare": 60.25816,
                "micGlitchRate": 23,
            },
            "calleeDevice": {"captureDeviceName": "Made-up USB mic", "renderDeviceDriver": None},
            "streams": [self._stream(direction, start, end) for direction in ("callerToCallee", "calleeToCaller")],
        }

    def _wireless_network(self) -> JsonObject:
        fake = self.fake
        return {
            "ipAddress": fake.ip_address(),
            "subnet": "192.0.2.0",
            "linkSpeed": 54_000_000,
            "connectionType": "wifi",
            "networkTransportProtocol": "udp",
            "port": 27288,
            "reflexiveIPAddress": fake.ip_address(),
            "relayPort": 53889,
            "macAddress": "00-00-5E-00-53-01",
            "dnsSuffix": None,
            "sentQualityEventRatio": 0,
            "receivedQualityEventRatio": fake.ratio(),
            "wifiBand": "frequency50GHz",
            "wifiRadioType": "wifi80211ax",
            "wifiSignalStrength": fake.number(40, 99),
            "traceRouteHops": [{"hopCount": 1, "ipAddress": fake.ip_address(), "roundTripTime": "PT0.002S"}],
        }

    def _stream(self, direction: str, start: str, end: str) -> JsonObject:
        fake = self.fake
        seconds: Callable[[], str] = lambda: f"PT0.{fake.number(1, 99):03}S"  # noqa: E731  used five times below
        return {
            "streamId": str(fake.number(10**9, 2 * 10**9)),
            "streamDirection": direction,
            "startDateTime": start,
            "endDateTime": end,
            "averageAudioDegradation": None,
            "averageJitter": seconds(),
            "maxJitter": seconds(),
            "averagePacketLossRate": fake.ratio(),
            "maxPacketLossRate": fake.ratio(),
            "averageRoundTripTime": seconds(),
            "averageAudioNetworkJitter": seconds(),
            "packetUtilization": fake.number(1, 10**6),
            "averageBandwidthEstimate": fake.number(10**6, 10**10),
            "wasMediaBypassed": False,
            "rmsFreezeDuration": None,
            "isAudioForwardErrorCorrectionUsed": True,
            "audioCodec": "satin",
        }
