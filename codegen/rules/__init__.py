"""Rules: the TOML files of the metadata folder as frozen records."""
