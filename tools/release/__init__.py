"""Builds the distribution, checks and publishes it: `python -m tools.release …` in the repository; not shipped."""
