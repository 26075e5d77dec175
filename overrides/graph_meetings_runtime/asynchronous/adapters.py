"""What builders send their requests with, and are based on: Kiota's own types, so that its other adapters work too."""

from kiota_abstractions.base_request_builder import BaseRequestBuilder
from kiota_abstractions.request_adapter import RequestAdapter

__all__ = ["BaseRequestBuilder", "RequestAdapter"]
