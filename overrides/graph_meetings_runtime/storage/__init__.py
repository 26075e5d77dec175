"""SQLite files that belong to this package and may hold tables of the caller's, too."""
