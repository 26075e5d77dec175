"""The client, the root of the request builders."""
