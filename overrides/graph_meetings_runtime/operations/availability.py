"""Which requests are documented, with which options, and which of them the client's cloud supports."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from graph_meetings_runtime.cloud import Cloud
from graph_meetings_runtime.errors import CloudAvailabilityWarning, NotAvailableInCloud, UndocumentedOptionWarning
from graph_meetings_runtime.operations.operation import Operation, OperationTable
from graph_meetings_runtime.operations.option_check import undocumented
from graph_meetings_runtime.warn import warn_caller

_NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})


class Availability:
    """Checks requests before they are sent.

    Args:
        table: the documented requests.
        cloud: that the client talks to.
    """

    def __init__(self, table: OperationTable, cloud: Cloud) -> None:
        self._table = table
        self._cloud = cloud
        self._warned: set[str] = set()

    def find(self, url_template: str) -> Operation | None:
        """Return the documented request that a URL template stands for, `None` if there is none."""
        return self._table.find(url_template)

    def names_function(self, segment: str) -> bool:
        """Whether the service would read a path segment as one of its functions instead of a key."""
        name = segment.partition("(")[0].strip().lower().removeprefix("microsoft.graph.")
        return name.removeprefix("callrecords.") in self._table.functions

    def check(self, url_template: str, options: Mapping[str, Any] = _NO_OPTIONS) -> Operation | None:
        """Return the documented request that a URL template stands for, after checking that the cloud supports it.

        Args:
            url_template: of the request.
            options: its query options by their names in the template, such as `%24filter`.

        Raises:
            NotAvailableInCloud: the cloud's metadata does not contain it.

        Warns:
            CloudAvailabilityWarning: the cloud's metadata contains it, but its documentation does not; once for each.
            UndocumentedOptionWarning: its documentation does not list one of the options; once for each.
        """
        operation = self._table.find(url_template)
        if operation is None:
            return None
        if self._cloud in operation.missing_in:
            raise NotAvailableInCloud(
                f"Cloud.{self._cloud.name} does not support {operation.path}: it is not in the cloud's metadata"
            )
        if self._cloud in operation.doubtful_in and operation.path not in self._warned:
            self._warned.add(operation.path)
            warn_caller(
                f"{operation.path} is not documented for Cloud.{self._cloud.name}; it may fail",
                CloudAvailabilityWarning,
            )
        if options:
            self._check_options(operation, options)
        return operation

    def _check_options(self, operation: Operation, options: Mapping[str, Any]) -> None:
        for option, value in options.items():
            key = f"{option} {operation.path}"
            if key not in self._warned and (text := undocumented(operation, option.removeprefix("%24"), value)):
                self._warned.add(key)
                warn_caller(text, UndocumentedOptionWarning)
