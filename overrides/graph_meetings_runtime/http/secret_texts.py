"""Texts in the body of a request that must be shown nowhere."""

from kiota_abstractions.request_option import RequestOption


class SecretTexts(RequestOption):
    """Goes with a request, so that no error shows them; a service that refuses a body likes to quote it.

    Args:
        texts: such as the client state of a subscription.
    """

    def __init__(self, texts: tuple[str, ...] = ()) -> None:
        self.texts = texts

    @staticmethod
    def get_key() -> str:
        """Return the key under which Kiota keeps this option."""
        return "graph_meetings.secret_texts"
