"""Change: comparing versions of the API, and adopting a new one."""
