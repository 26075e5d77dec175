"""What all tests share."""

import os

from hypothesis import HealthCheck, settings

# The machines are small and noisy: how long an example takes says nothing about the code.
settings.register_profile("noisy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples for the same code, so that a change is not blamed for what an earlier one left.
settings.register_profile("ci", settings.get_profile("noisy"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "noisy")
