"""The history of Graph's metadata: what each later day added is removed from today's extract."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from codegen.change.compare import compare
from codegen.change.judge import Impact
from codegen.change.public_api import Kind, public_api_of
from codegen.lower.packages import packages

_HERE = Path(__file__).parent
_METADATA = _HERE.parents[1] / "metadata"
_EDM = "{http://docs.oasis-open.org/odata/ns/edm}"

# What each day added in scope, in the metadata words: a member of a type, a type, a function by its binding type, a
# root, a deprecation (!). A type that nothing leads to any more goes by itself.
_ADDED = {
    "2026-08-20": """
        user/adhocCalls onlineMeetingBase/cloudVideoInteropInfo onlineMeetingBase/expiryDateTime
        onlineMeetingBase/meetingOptionsWebUrl onlineMeetingBase/meetingSpokenLanguageTag
        onlineMeetingBase/meetingType onlineMeetingBase/sensitivityLabelAssignment
        virtualEvent/isRegistrationRequired virtualEventSession/capacity virtualEventTownhall/capacity
        virtualEventTownhall/registrations aiUser/onlineMeetings
    """,
    "2025-11-19": """
        attendanceRecord/externalRegistrationInformation attendanceRecord/registrationId
        communicationsGuestIdentity/email meetingAttendanceReport/externalEventInformation
        onlineMeeting/meetingTemplateId
        onlineMeetingBase/allowBreakoutRooms onlineMeetingBase/allowCopyingAndSharingMeetingContent
        onlineMeetingBase/allowLiveShare onlineMeetingBase/allowPowerPointSharing onlineMeetingBase/allowRecording
        onlineMeetingBase/allowTranscription onlineMeetingBase/allowWhiteboard onlineMeetingBase/allowedLobbyAdmitters
        onlineMeetingBase/chatRestrictions onlineMeetingBase/isEndToEndEncryptionEnabled
        participantBase/administrativeUnitInfos virtualEvent/externalEventInformation
        virtualEventRegistration/externalRegistrationInformation virtualEventSession/videoOnDemandWebUrl
        getByUserIdAndRole(virtualEventTownhall) getByUserRole(virtualEventTownhall) copilot
    """,
    "2024-10-25": """
        solutions callRecord/organizer_v2 callRecord/participants_v2 !callRecord/organizer !callRecord/participants
        !participantEndpoint/identity callRecording/callId callRecording/contentCorrelationId callRecording/endDateTime
        callTranscript/callId callTranscript/contentCorrelationId callTranscript/endDateTime
        participantEndpoint/associatedIdentity microsoft.graph.callRecords.userIdentity onlineMeetingBase
        delta(callRecording) delta(callTranscript) getAllRecordings(onlineMeeting) getAllTranscripts(onlineMeeting)
    """,
    "2023-11-08": """
        broadcastMeetingSettings/captions callRecording callTranscript clientUserAgent/azureADAppId
        clientUserAgent/communicationServiceId azureCommunicationServicesUserIdentity communicationsApplicationIdentity
        communicationsApplicationInstanceIdentity communicationsEncryptedIdentity communicationsGuestIdentity
        communicationsIdentitySet communicationsPhoneIdentity communicationsUserIdentity
        mediaStream/averageFreezeDuration
        mediaStream/isAudioForwardErrorCorrectionUsed mediaStream/rmsFreezeDuration
        onlineMeeting/allowParticipantsToChangeName onlineMeeting/joinMeetingIdSettings onlineMeeting/recordings
        onlineMeeting/shareMeetingChatHistoryDefault onlineMeeting/transcripts onlineMeeting/watermarkProtection
        onlineMeetingRole/coorganizer participantEndpoint/cpuCoresCount participantEndpoint/cpuName
        participantEndpoint/cpuProcessorSpeedInMhz participantEndpoint/name session/isTest
    """,
}


def _expected(step: str) -> list[str]:
    text = (_HERE / "history_changes.txt").read_text(encoding="utf-8")
    return text.partition(f"[{step}]\n")[2].partition("\n\n")[0].splitlines()


class _Day:
    """A document that goes back in time."""

    def __init__(self) -> None:
        # S314: this project's own file.
        self.tree = ET.parse(_METADATA / "v1.0" / "global.csdl.xml")  # noqa: S314  our own file

    def take_out(self, fact: str) -> None:
        taken = list(self._find(fact.removeprefix("!")))
        assert taken, fact
        for parent, element in taken:
            if fact == "onlineMeetingBase":
                self._give_to_derived(fact, element)
            if fact.startswith("!"):
                element[:] = [child for child in element if child.tag != f"{_EDM}Annotation"]
            else:
                parent.remove(element)

    def _find(self, fact: str) -> Iterator[tuple[ET.Element, ET.Element]]:
        owner, _, member = fact.partition("/")
        function, _, bound = fact.rstrip(")").partition("(")
        for schema in self.tree.iter(f"{_EDM}Schema"):
            for element in [*schema, *(root for root in schema.iter() if root.tag.endswith(("Set", "Singleton")))]:
                name, qualified = element.get("Name"), f"{schema.get('Namespace')}.{element.get('Name')}"
                if member and name == owner:
                    yield from ((element, child) for child in element if child.get("Name") == member)
                elif bound and name == function and (element[0].get("Type") or "").endswith(f".{bound})"):
                    yield schema, element
                elif not member and not bound and owner in {name, qualified}:
                    yield next(p for p in schema.iter() if element in list(p)), element

    def _give_to_derived(self, name: str, base: ET.Element) -> None:
        """Put a type's members where they were before there was the type."""
        for element in self.tree.iter(f"{_EDM}EntityType"):
            if (element.get("BaseType") or "").endswith(f".{name}"):
                element.set("BaseType", base.get("BaseType") or "")
                element.extend(list(base))


@pytest.mark.slow
def test_every_change_between_two_days_is_named_and_nothing_else(tmp_path: Path) -> None:
    day = _Day()
    days = ["2022-10-05", *reversed(_ADDED)]
    documents = {days[-1]: tmp_path / "today.xml"}
    day.tree.write(documents[days[-1]])
    for earlier, later in reversed([*pairwise(days)]):
        for fact in _ADDED[later].split():
            day.take_out(fact)
        documents[earlier] = tmp_path / f"{earlier}.xml"
        day.tree.write(documents[earlier])
    apis = {
        name: public_api_of(packages(_METADATA, {"v1.0": path}, allow_missing=True)) for name, path in documents.items()
    }
    for earlier, later in pairwise(days):
        changes = compare(apis[earlier], apis[later])
        # Columns of tables follow from fields.
        fields = [change for change in changes if change.kind not in {Kind.TABLE, Kind.COLUMN}]
        found = [f"{c.action} {c.kind} {c.name.replace('graph_meetings.', '', 1)}" for c in fields]
        assert found == _expected(f"{earlier} {later}"), later
        assert {change.impact for change in changes} == {Impact.COMPATIBLE}


@pytest.mark.parametrize("step", ["2022-10-05 2023-11-08", "2025-11-19 2026-08-20"])
def test_the_expected_lists_are_sorted_and_have_no_name_twice(step: str) -> None:
    names = [line.rpartition(" ")[2] for line in _expected(step) if "GET" not in line]
    assert names
    assert names == sorted(set(names))
