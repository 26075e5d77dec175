"""Builds the distribution, checks and publishes it: `python -m release …` in the repository; not shipped."""
