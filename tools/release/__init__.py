"""Build, check and publish the distribution: `python -m tools.release`, in the repository; not shipped."""
