"""Values in JSON: their types, and how they are read, written and shown."""
