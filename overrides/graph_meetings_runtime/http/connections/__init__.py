"""The connections of the clients: asynchronous and blocking ones, with the same names."""
