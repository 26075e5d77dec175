"""What ours is compared with, where it has to be written first."""
