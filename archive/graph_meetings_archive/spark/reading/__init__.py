"""Reads a partition on an executor."""
