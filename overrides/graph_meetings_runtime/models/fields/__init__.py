"""Fields: the properties of models, the filters made of them, and their former and deprecated names."""
