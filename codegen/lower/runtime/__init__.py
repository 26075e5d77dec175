"""What generated code uses of the runtime: its modules, its names, its primitive types."""
