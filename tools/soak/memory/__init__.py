"""Memory stays flat however much data passes through."""
