"""Rows as a query, for one statement that inserts and computes."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Select, literal, select, union_all
from sqlalchemy.sql.elements import KeyedColumnElement


def rows_as_query(
    columns: Sequence[KeyedColumnElement[Any]], rows: Sequence[Mapping[str, Any]]
) -> Select[Any] | CompoundSelect[Any]:
    """A SELECT of bound values for each row (at least one).

    SQLAlchemy keeps such a statement compiled, one for each number of rows. `VALUES` of several rows it compiles anew
    every time, which costs the server more than everything else about a message.
    """
    selects = [select(*[literal(row[one.name], one.type).label(one.name) for one in columns]) for row in rows]
    return selects[0] if len(selects) == 1 else union_all(*selects)
