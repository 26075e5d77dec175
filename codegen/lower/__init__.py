"""Lowering: from what is in scope to the records of `codegen.plan`."""
