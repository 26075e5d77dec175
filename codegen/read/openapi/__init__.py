"""Reading OpenAPI as the CSDL document that it was made from."""
