"""Results: as files, as a table, as a page of the documentation."""
