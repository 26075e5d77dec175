"""What the options of a command mean to the service: people, meetings, and what meetings left behind."""
