"""Long runs that look for what no example shows: faults, kills, made-up answers and requests, memory that grows."""
