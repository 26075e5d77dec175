"""Planning the partitions of a read."""
