"""Benchmarks, each comparing contenders within one run: `make bench`. `results/` keeps one result per release."""
