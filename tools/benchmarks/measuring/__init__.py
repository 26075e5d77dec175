"""Measuring: settings, processes, rows and budgets."""
