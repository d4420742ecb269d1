"""Keeps PostgreSQL's planner from copying what people wrote: its statistics outlive the rows they were taken from."""

from sqlalchemy import Connection, text

LONGEST_SAMPLED = 64
"""Characters up to which a column is a code (a state, a kind), whose statistics plans need."""

COLUMNS = text("""
    SELECT format('ALTER TABLE %s ALTER COLUMN %I TYPE %s',
                  c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod)),
           format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 0', c.oid::regclass, a.attname)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attstattarget IS DISTINCT FROM 0
      AND (a.atttypid IN ('text'::regtype, 'json'::regtype, 'jsonb'::regtype, 'bytea'::regtype)
           OR (a.atttypid = 'varchar'::regtype AND (a.atttypmod < 0 OR a.atttypmod - 4 > :longest)))
    ORDER BY c.oid, a.attnum
""")


def leave_unsampled(connection: Connection) -> None:
    """Take no statistics of texts, documents and bytes, and forget those already taken.

    `ANALYZE` copies values into `pg_statistic`, where neither `DELETE` nor `VACUUM FULL` reaches them: an erased name
    would stay. Giving a column the type it has is PostgreSQL's way to forget its statistics; no table is rewritten.
    """
    for forget, stop in connection.execute(COLUMNS, {"longest": LONGEST_SAMPLED}).all():
        connection.execute(text(forget))
        connection.execute(text(stop))
