"""Lists that come in as files: what is asked, and what came of it."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from app.schemas.base import Flag, Input, Output, storable

Pasted = Annotated[str, StringConstraints(max_length=900_000), AfterValidator(storable)]


class ImportOptions(Input):
    """`text` where lines were pasted; with `dry_run` nothing is stored."""

    text: Pasted | None = None
    dry_run: Flag = False


class UserImportOptions(ImportOptions):
    """Accounts from a list."""


class EnrolmentImportOptions(ImportOptions):
    """Students for an exam's list. `replace`: who is not in the file leaves the list. `create_accounts`: unknown
    addresses become students (administrators only).
    """

    replace: Flag = False
    create_accounts: Flag = False


class LineError(Output):
    """What is wrong with one line."""

    line: int
    code: str
    column: str = ""
    detail: str


class NewAccount(Output):
    """An account that was made, with its one-time password: shown this once and stored nowhere."""

    id: int
    email: str
    password: str


class ImportReport(Output):
    """What an import found, and did unless it was a dry run or a line is wrong."""

    dry_run: bool
    found: int
    """Lines with something in them."""
    created: int
    """Accounts that were (or, in a dry run, would be) made."""
    existing: int
    """Lines about accounts that are there already."""
    added: int = 0
    """Students that came on the list."""
    removed: int = 0
    ignored_columns: list[str]
    errors: list[LineError]
    accounts: list[NewAccount]
