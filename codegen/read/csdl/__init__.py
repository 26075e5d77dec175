"""Reading CSDL: an index of its elements, and each element as a record when it is asked for."""
