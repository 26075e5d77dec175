"""Change notifications: verified, decrypted, kept until they are handled."""

from graph_meetings_notifications.encryption.certificate import Certificate
from graph_meetings_notifications.encryption.certificates import Certificates
from graph_meetings_notifications.encryption.decryption import Keys, decrypt
from graph_meetings_notifications.errors import (
    CertificateError,
    DecryptionFailed,
    InboxError,
    KeeperError,
    NotificationError,
    NotificationRefused,
    SigningKeysUnavailable,
    TokenRefused,
    UnknownCertificate,
)
from graph_meetings_notifications.events import (
    CallRecordChanged,
    Event,
    RecordingCreated,
    ResourceChanged,
    SubscriptionNotice,
    TranscriptCreated,
)
from graph_meetings_notifications.inbox.event_store import SetAside
from graph_meetings_notifications.inbox.events_iterator import Events
from graph_meetings_notifications.inbox.in_transaction import InTransaction
from graph_meetings_notifications.inbox.inbox import Inbox
from graph_meetings_notifications.keeping.keeper import SubscriptionKeeper
from graph_meetings_notifications.keeping.records import Gap, KeptSubscription
from graph_meetings_notifications.keeping.subscription import KeeperKeys
from graph_meetings_notifications.receiving.answer import Answer
from graph_meetings_notifications.receiving.receiver import Receiver
from graph_meetings_notifications.reconciling.reconcile import Organizers, Reconciled, reconcile, reconcile_regularly
from graph_meetings_notifications.resources import CallRecords, Recordings, Resource, Transcripts
from graph_meetings_notifications.tokens.signing_keys import SigningKeys
from graph_meetings_notifications.tokens.verification import VerifiedToken, verify_tokens

__all__ = [
    "Answer",
    "CallRecordChanged",
    "CallRecords",
    "Certificate",
    "CertificateError",
    "Certificates",
    "DecryptionFailed",
    "Event",
    "Events",
    "Gap",
    "InTransaction",
    "Inbox",
    "InboxError",
    "KeeperError",
    "KeeperKeys",
    "KeptSubscription",
    "Keys",
    "NotificationError",
    "NotificationRefused",
    "Organizers",
    "Receiver",
    "Reconciled",
    "RecordingCreated",
    "Recordings",
    "Resource",
    "ResourceChanged",
    "SetAside",
    "SigningKeys",
    "SigningKeysUnavailable",
    "SubscriptionKeeper",
    "SubscriptionNotice",
    "TokenRefused",
    "TranscriptCreated",
    "Transcripts",
    "UnknownCertificate",
    "VerifiedToken",
    "decrypt",
    "reconcile",
    "reconcile_regularly",
    "verify_tokens",
]
