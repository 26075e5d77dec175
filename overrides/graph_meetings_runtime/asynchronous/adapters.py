"""The adapter and the base class of request builders: Kiota's own, so that its other adapters work too."""

from typing import Any, TypeAlias

from kiota_abstractions import request_adapter
from kiota_abstractions.base_request_builder import BaseRequestBuilder

RequestAdapter: TypeAlias = request_adapter.RequestAdapter[Any]

__all__ = ["BaseRequestBuilder", "RequestAdapter"]
