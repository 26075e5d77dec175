"""What all tests share."""

from hypothesis import HealthCheck, settings

# The machines are small and noisy: how long an example takes says nothing about the code.
settings.register_profile("noisy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("noisy")
