"""How something is measured, and what a measurement is."""
