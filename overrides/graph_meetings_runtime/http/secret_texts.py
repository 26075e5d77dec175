"""Texts in the body of a request that must never be shown."""

from kiota_abstractions.request_option import RequestOption


class SecretTexts(RequestOption):
    """Passed with a request, so that no error shows them: the service may quote a body that it refuses.

    Args:
        texts: such as the client state of a subscription.
    """

    def __init__(self, texts: tuple[str, ...] = ()) -> None:
        self.texts = texts

    @staticmethod
    def get_key() -> str:
        """Return the key under which Kiota keeps this option."""
        return "graph_meetings.secret_texts"
