"""Where articles rest: the only door to DuckDB, its migrations, views and queries."""
