"""SQLite files of this package, in which callers can have tables, too."""
