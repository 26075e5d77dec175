"""Online meetings, found by what people and call records know of them."""
