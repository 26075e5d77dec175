"""Which documented requests there are, and which of them the client's cloud has."""

import warnings

from graph_meetings_runtime.cloud import Cloud
from graph_meetings_runtime.errors import CloudAvailabilityWarning, NotAvailableInCloud
from graph_meetings_runtime.http.operations import Operation, OperationTable


class Availability:
    """Checks requests before they are sent.

    Args:
        table: the documented requests.
        cloud: where the client sends them.
    """

    def __init__(self, table: OperationTable, cloud: Cloud) -> None:
        self._table = table
        self._cloud = cloud
        self._warned: set[str] = set()

    def find(self, url_template: str) -> Operation | None:
        """Give the documented request of a URL template, `None` where there is none."""
        return self._table.find(url_template)

    def names_function(self, segment: str) -> bool:
        """Whether the service would read a segment as one of its functions, called or not, where a key belongs."""
        name = segment.partition("(")[0].strip().lower().removeprefix("microsoft.graph.")
        return name.removeprefix("callrecords.") in self._table.functions

    def check(self, url_template: str) -> Operation | None:
        """Give the documented request of a URL template, if the cloud has it.

        Raises:
            NotAvailableInCloud: the cloud's own metadata lacks it.

        Warns:
            CloudAvailabilityWarning: once for each request that the documents do not promise for the cloud.
        """
        operation = self._table.find(url_template)
        if operation is None:
            return None
        if self._cloud in operation.missing_in:
            raise NotAvailableInCloud(f"Cloud.{self._cloud.name} has no {operation.path}: its metadata lacks it")
        if self._cloud in operation.doubtful_in and operation.path not in self._warned:
            self._warned.add(operation.path)
            warnings.warn(
                f"the documents do not promise {operation.path} for Cloud.{self._cloud.name}; it may fail",
                CloudAvailabilityWarning,
                stacklevel=2,
            )
        return operation
