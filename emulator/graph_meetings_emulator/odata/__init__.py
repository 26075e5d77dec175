"""OData: query options, paging, and JSON."""
