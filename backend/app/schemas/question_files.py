"""Questions in files, in and out; pictures in questions; the bank; what an exam still needs."""

from typing import Annotated

from pydantic import Field

from app.schemas.base import Flag, Id, Input, Output, PathId

MOST_AT_ONCE = 200


class QuestionImportOptions(Input):
    """`format`: a format's name, or `auto`. `dry_run`: say what would be done, and do nothing."""

    format: Annotated[str, Field(pattern="^(auto|json|csv|gift|aiken|moodle_xml|qti)$")] = "auto"
    dry_run: Flag = False


class QuestionImportError(Output):
    """What is wrong in a line; `text`: the beginning of what stands there. `file`: in a package, the item's file."""

    line: int
    code: str
    params: dict[str, str]
    text: str
    file: str


class QuestionImportReport(Output):
    """What a file holds, and what was done with it: everything, or after any error nothing."""

    format: str
    """`auto` where it could not be found out."""
    dry_run: bool
    found: int
    imported: int
    """In a dry run: what would be."""
    skipped_doubles: int
    errors: list[QuestionImportError]


class QuestionPictureRead(Output):
    """A picture; in a text it is `![what it shows](file:ID)`."""

    id: int
    url: str
    name: str
    media_type: str
    size: int


class AnswerFileFields(Input):
    """Beside the file: the question that it answers."""

    question_id: PathId


class AnswerFileRead(Output):
    """A file that a student handed in as (part of) an answer."""

    id: int
    name: str
    size: int
    media_type: str


class FromBank(Input):
    """Questions of the bank, in the order they are wanted in."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_AT_ONCE)]


class ChecklistItem(Output):
    """One thing to look at before publishing; its text is `checklist.item.<code>` of the catalogue `authoring`."""

    code: str
    ok: bool
    params: dict[str, str | int | float]


class Checklist(Output):
    """`ready`: nothing is missing."""

    ready: bool
    items: list[ChecklistItem]
