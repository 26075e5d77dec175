"""The connections beneath the clients: asynchronous and blocking ones, behind the same names."""
