"""Long runs under faults, kills and random input, looking for what single examples do not show."""
