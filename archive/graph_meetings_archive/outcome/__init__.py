"""What an export says about itself: its summary, the status of an archive, errors."""
