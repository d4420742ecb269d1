"""Names in SQL: sorted and found as `domain/name_order.py` says, whatever collations the database has."""

from sqlalchemy import Text, case, func, or_
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import ColumnElement

from app.domain.name_order import IGNORED, LETTERS, TWINS
from app.domain.name_order import folded as folded_text

FROM = "".join(LETTERS) + IGNORED
TO = "".join(LETTERS.values())
"""`translate` drops what has no counterpart."""

Texts = InstrumentedAttribute[str] | ColumnElement[str]


def folded(column: Texts) -> ColumnElement[str]:
    """The column as it is compared; the case stays."""
    composed: ColumnElement[str] = func.coalesce(column, "")
    for two, one in TWINS:
        composed = func.replace(composed, two, one, type_=Text())
    plain = func.octet_length(column) == func.char_length(column)
    return case((plain, column), else_=func.translate(composed, FROM, TO, type_=Text()))


def by_name(column: Texts) -> tuple[ColumnElement[str], ColumnElement[str]]:
    """For ORDER BY; put an id behind it."""
    return func.lower(folded(column), type_=Text()).collate("C"), column.collate("C")


def says(words: str, *columns: Texts) -> ColumnElement[bool]:
    """Whether one of the columns holds these words, whatever the case, accents and spelling in code points."""
    wanted = folded_text(words)
    return or_(*(folded(column).icontains(wanted, autoescape=True) for column in columns))
