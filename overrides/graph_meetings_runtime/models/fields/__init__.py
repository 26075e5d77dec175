"""Fields: the properties of models, filters on them, and their former and deprecated names."""
