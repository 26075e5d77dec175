"""Tables: the columns that the rules choose, in Python's words."""
