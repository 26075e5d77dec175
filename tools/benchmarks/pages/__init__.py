"""Pages of made-up items, and models read from them."""
