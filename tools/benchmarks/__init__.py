"""Measurements, each compared within one run: `make bench`. What they gave is in `results/`."""
