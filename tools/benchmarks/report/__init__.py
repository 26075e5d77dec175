"""Results as files, as a table and as a page of the documentation."""
