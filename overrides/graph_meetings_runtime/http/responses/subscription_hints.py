"""What to do about an error of subscriptions to change notifications.

`ExtensionError` wraps what the service behind a resource answered: its message tells more than its code.

Sources: https://learn.microsoft.com/graph/change-notifications-overview, and messages that public issues quote.
"""

from typing import Final

from graph_meetings_runtime.http.responses.hint_rule import Rule

_PATH: Final = "^/subscriptions"

SUBSCRIPTION_RULES: Final = (
    Rule(
        "A quota of subscriptions is reached: delete those that are not needed. Recordings and transcripts allow one "
        "for each app and meeting, one for each app and user, ten for each user, and 10,000 for all of Teams in the "
        "organization; call records allow 100 in the organization.",
        says="maximum number of subscriptions",
        path=_PATH,
    ),
    Rule(
        "The notification URL did not pass the handshake: within 10 seconds it has to answer a POST with the query "
        "validationToken with 200, Content-Type text/plain and the URL-decoded token, and so has the lifecycle URL. "
        "Check that both can be reached from the internet over https, without a sign-in.",
        says="validation request",
        path=_PATH,
    ),
    Rule(
        "The handshake failed; check that the notification URL and the lifecycle URL answer it.",
        code="ValidationError",
        path=_PATH,
    ),
    Rule(
        "expiration_date_time is too far ahead: recordings and transcripts allow 4,320 minutes, call records 4,230, "
        "and virtual events one day. Ask for less, and read the answer, which may have less still.",
        says="can only be [0-9]+ minutes in the future|beyond allowed max",
        path=_PATH,
    ),
    Rule(
        "A subscription that lives longer than an hour needs lifecycle_notification_url. It cannot be added later: "
        "delete the subscription, and create it again.",
        says="lifecycleNotificationUrl is a required property",
        path=_PATH,
    ),
    Rule(
        "With include_resource_data, encryption_certificate and encryption_certificate_id are required.",
        says="encryptionCertificate(Id)?\\b.*(required|missing)",
        path=_PATH,
    ),
    Rule(
        "There is such a subscription already: find it with graph.subscriptions.list(), and keep it or delete it.",
        says="a subscripti?on already exists",
        path=_PATH,
    ),
    Rule(
        "The service could not read the subscription: check the names and the case of what change_type and resource "
        "say, and that nothing else than the documented properties is sent.",
        says="payload .*could not be processed|could not process .*payload",
        path=_PATH,
    ),
    Rule(
        "There is no such subscription, or not any more: it may have expired. Create another one, and read what was "
        "missed meanwhile from delta or a list.",
        status=404,
        path=r"^/subscriptions/\{id\}",
    ),
)
