"""Rows given with a statement, one array for each column: one statement, made once, does for any number of them."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ARRAY, Table, TableValuedAlias, bindparam, column, func
from sqlalchemy.sql.elements import KeyedColumnElement

from app.db.base_class import Base


def table_of(model: type[Base]) -> Table:
    """The table itself: the ORM would take the parameters of an INSERT or UPDATE for its columns."""
    return cast("Table", model.__table__)


def given_rows(columns: Sequence[KeyedColumnElement[Any]], name: str) -> TableValuedAlias:
    """A table `name` with these columns, whose rows come with each execution: see `as_arrays`.

    Putting a statement together from its parts costs the server more than everything else about a message, and
    `VALUES` of several rows SQLAlchemy even compiles anew every time.
    """
    arrays = [bindparam(_parameter(name, one), type_=ARRAY(one.type, dimensions=1)) for one in columns]
    shape = [column(str(one.key), one.type) for one in columns]
    return func.unnest(*arrays).table_valued(*shape, name=name).render_derived()


def as_arrays(
    columns: Sequence[KeyedColumnElement[Any]], rows: Sequence[Mapping[str, Any]], name: str
) -> dict[str, list[Any]]:
    """The parameters that fill `given_rows(columns, name)`."""
    return {_parameter(name, one): [row[str(one.key)] for row in rows] for one in columns}


def _parameter(name: str, one: KeyedColumnElement[Any]) -> str:
    return f"{name}_{one.key}"
