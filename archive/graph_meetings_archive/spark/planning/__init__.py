"""What the partitions of a read are."""
