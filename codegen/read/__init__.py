"""Reading: CSDL or OpenAPI as the records of `codegen.csdl`."""
