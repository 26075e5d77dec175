"""Tables: flat, typed rows of what the service sends. The generated tables are data for these classes."""
