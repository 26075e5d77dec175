"""The generator of `graph_meetings`: parse, scope, lower, render, write. Run from the repository, not shipped."""
