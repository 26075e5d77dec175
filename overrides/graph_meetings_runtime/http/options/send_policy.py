"""The options that apply to one request."""

from collections.abc import Mapping
from typing import TypeVar

from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.request_option import RequestOption
from msgspec import Struct

from graph_meetings_runtime.http.options.body_limit import BodyLimit
from graph_meetings_runtime.http.options.retry import Retry
from graph_meetings_runtime.http.options.timeout import Timeout

OptionT = TypeVar("OptionT", Retry, Timeout, BodyLimit)


class SendPolicy(Struct, frozen=True):
    """How requests are sent, unless they have options of their own."""

    retry: Retry
    timeout: Timeout
    body_limit: BodyLimit

    def of(self, request_info: RequestInformation) -> "SendPolicy":
        """Return the policy of a request."""
        options = request_info.request_options
        if not options:
            return self
        return SendPolicy(
            _option(options, Retry) or self.retry,
            _option(options, Timeout) or self.timeout,
            _option(options, BodyLimit) or self.body_limit,
        )


def _option(options: Mapping[str, RequestOption], kind: type[OptionT]) -> OptionT | None:
    option = options.get(kind.get_key())
    return option if isinstance(option, kind) else None
