"""The JSON of made-up rows in the logs of telephone calls and text messages, as shown in the documents.

Source: https://learn.microsoft.com/graph/api/callrecords-callrecord-getpstncalls and its siblings, and the types of
the beta metadata.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from graph_meetings_emulator.data.fake_values import FakeValues, timestamp
from graph_meetings_runtime.json_codec import JsonObject, Number

_NEVER = "0001-01-01T00:00:00Z"


def pstn_call(fake: FakeValues, start: datetime, number: int) -> JsonObject:
    """Return a PSTN call; every other one is made by a conference and has no user."""
    duration = fake.number(5, 3600)
    is_conference = number % 2 == 1
    return {
        "id": fake.guid(),
        "callId": f"{fake.number(10**9, 2 * 10**9)}_{fake.number(10**7, 10**8)}@{fake.ip_address()}",
        **_user(fake, is_known=not is_conference, unknown=None),
        "startDateTime": timestamp(start, fake.ticks()),
        "endDateTime": timestamp(start + timedelta(seconds=duration), fake.ticks()),
        "duration": duration,
        "charge": fake.decimal(fake.choice((1, 4, 18))) if is_conference else Number("0.0"),
        "callType": "conf_out" if is_conference else "user_in",
        "currency": "EUR",
        "calleeNumber": fake.phone_number(),
        "usageCountryCode": "DE",
        "tenantCountryCode": "DE",
        "connectionCharge": fake.decimal(2) if is_conference else Number("0.00"),
        "callerNumber": f"{fake.phone_number()[:-3]}***",
        "destinationContext": None,
        "destinationName": "Germany",
        "conferenceId": str(fake.number(10**8, 10**9 - 1)) if is_conference else None,
        "licenseCapability": "MCOPSTNU",
        "inventoryType": "Subscriber",
        "operator": "Made-up Telecom" if is_conference else "Microsoft",
        "callDurationSource": "operator" if is_conference else "microsoft",
    }


def direct_routing_call(fake: FakeValues, start: datetime, number: int) -> JsonObject:
    """Return a direct routing call; every other one fails and belongs to a bot."""
    duration = fake.number(5, 3600)
    is_failure = number % 2 == 1
    return {
        "id": fake.guid(),
        "correlationId": fake.guid(),
        **_user(fake, is_known=not is_failure, unknown=""),
        "startDateTime": timestamp(start),
        "inviteDateTime": timestamp(start - timedelta(seconds=4)),
        "failureDateTime": timestamp(start) if is_failure else _NEVER,
        "endDateTime": _NEVER if is_failure else timestamp(start + timedelta(seconds=duration)),
        "duration": 0 if is_failure else duration,
        "callType": "ByotIn",
        "successfulCall": not is_failure,
        "callerNumber": f"{fake.phone_number()[:-3]}***",
        "calleeNumber": f"{fake.phone_number()[:-3]}***",
        "mediaPathLocation": "EUWE",
        "signalingLocation": "EUNO",
        "finalSipCode": 486 if is_failure else 0,
        "callEndSubReason": 10486 if is_failure else 540000,
        "finalSipCodePhrase": "Busy Here" if is_failure else "BYE",
        "trunkFullyQualifiedDomainName": "sbc01.lakeshore.example",
        "mediaBypassEnabled": False,
    }


def text_message(fake: FakeValues, start: datetime, number: int) -> JsonObject:
    """Return a text message."""
    return {
        "id": fake.guid(),
        "smsId": fake.guid(),
        **_user(fake, is_known=True, unknown=None),
        "smsType": "outbound" if number % 2 else "inbound",
        "smsUnits": fake.number(1, 4),
        "sourceNumber": fake.phone_number(),
        "destinationNumber": f"{fake.phone_number()[:-3]}***",
        "destinationContext": "Domestic",
        "destinationName": "Germany",
        "sentDateTime": timestamp(start, fake.ticks()),
        "callCharge": fake.decimal(3),
        "currency": "EUR",
        "licenseCapability": "MCOPSTN2",
        "tenantCountryCode": "DE",
        "userCountryCode": "DE",
        "otherPartyCountryCode": "FR",
    }


def blocked_user(fake: FakeValues, start: datetime, number: int) -> JsonObject:
    """Return a user who was blocked or unblocked from calling; such rows have no id."""
    return {
        **_user(fake, is_known=True, unknown=None),
        "userTelephoneNumber": fake.phone_number(),
        "userBlockMode": "unblocked" if number % 2 else "blocked",
        "blockReason": "Suspicious number of calls.",
        "blockDateTime": timestamp(start, fake.ticks()),
        "remediationId": fake.guid(),
    }


def dialout_sum(fake: FakeValues, start: datetime, number: int) -> JsonObject:  # noqa: ARG001  rows have no time
    """Return the total of a user's calls out of meetings; such rows have no id and no time."""
    return {
        **_user(fake, is_known=True, unknown=None),
        "destinationContext": "Domestic" if number % 2 else "International",
        "usageLocation": "DE",
        "totalCalls": fake.number(1, 99),
        "totalCallSeconds": fake.number(60, 99_999),
        "totalCallCharge": fake.decimal(2),
        "currency": "EUR",
    }


LOGS: Mapping[str, Callable[[FakeValues, datetime, int], JsonObject]] = {
    "getPstnCalls": pstn_call,
    "getDirectRoutingCalls": direct_routing_call,
    "getSmsLog": text_message,
    "getPstnBlockedUsersLog": blocked_user,
    "getPstnOnlineMeetingDialoutReport": dialout_sum,
}
"""What makes a row of each log, by the function that returns the log, from a time and the number of the row."""


def _user(fake: FakeValues, *, is_known: bool, unknown: str | None) -> JsonObject:
    if not is_known:
        return {"userId": "", "userPrincipalName": unknown, "userDisplayName": unknown}
    user = fake.user()
    return {
        "userId": user["id"],
        "userPrincipalName": user["userPrincipalName"],
        "userDisplayName": user["displayName"],
    }
