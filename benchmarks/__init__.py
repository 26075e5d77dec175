"""Measurements, each compared within one run: `make bench`."""
