"""PostgreSQL: engine, embedded cluster, models, first rows."""
