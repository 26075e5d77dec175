"""How rows are kept: SQLite, DuckDB, Parquet, CSV, JSONL."""
