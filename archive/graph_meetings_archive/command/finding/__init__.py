"""Finding what the options of a command name: people, meetings, and their artifacts."""
