"""Finding online meetings by join URL and by call record."""
