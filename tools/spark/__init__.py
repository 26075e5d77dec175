"""Measures the data source for Spark."""
