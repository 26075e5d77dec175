"""Tables and archives of meeting artifacts, and the command `graph-meetings`."""
