"""What comes in as a file: tables to import, as a form with a `file`, or as JSON with the pasted `text`."""

from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from app.api.strict_json import TooLarge
from app.core.errors import Invalid
from app.schemas.base import Input
from app.schemas.imports import ImportOptions

Options = TypeVar("Options", bound=ImportOptions)
Fields = TypeVar("Fields", bound=Input)
FILE = {"type": "string", "format": "binary"}
FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": {"type": "object", "required": ["file"], "properties": {"file": FILE}}}
        },
    }
}
FILES_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {"files": {"type": "array", "items": FILE}},
                }
            }
        },
    }
}
WORDS = {"true": True, "false": False, "1": True, "0": False, "on": True, "off": False}


def table_body(options: type[ImportOptions]) -> dict[str, Any]:
    """How the two kinds of body look, for the routes' schema."""
    fields = {name: {"type": "boolean", "default": False} for name in options.model_fields if name != "text"}
    file = {"type": "string", "format": "binary", "description": "CSV or XLSX."}
    text = {"type": "string", "description": "Pasted lines."}
    return {
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {"type": "object", "required": ["file"], "properties": {"file": file, **fields}}
                },
                "application/json": {
                    "schema": {"type": "object", "required": ["text"], "properties": {"text": text, **fields}}
                },
            },
        }
    }


async def received_file(request: Request, largest: int) -> tuple[str, bytes]:
    """The one file of a form, and its name. First see who may, and commit: a slow line must hold no connection.

    Invalid `file_missing`; TooLarge beyond `largest` bytes.
    """
    files = await received_files(request, largest, most=1)
    return files[0]


async def received_files(request: Request, largest: int, *, most: int) -> list[tuple[str, bytes]]:
    """The files of a form and their names, in order; `largest` is for all together.

    Invalid `file_missing`, `too_many_files`; TooLarge.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Invalid("file_missing")
    async with request.form(max_files=most, max_fields=20) as form:
        found = [one for _, one in form.multi_items() if isinstance(one, UploadFile)]
        if not found:
            raise Invalid("file_missing")
        if sum(one.size or 0 for one in found) > largest:
            raise TooLarge(max=largest)
        return [(one.filename or "", await one.read()) for one in found]


async def received_form(request: Request, largest: int, fields: type[Fields]) -> tuple[str, bytes, Fields]:
    """The one file of a form, its name, and the form's other fields. As `received_file`."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Invalid("file_missing")
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Invalid("file_missing")
        if (file.size or 0) > largest:
            raise TooLarge(max=largest)
        given = {name: WORDS.get(str(value).lower(), value) for name, value in form.items() if name != "file"}
        wanted = _valid(fields, given)
        return file.filename or "", await file.read(), wanted


async def uploaded_table(request: Request, options: type[Options]) -> tuple[bytes, Options]:
    """The table's bytes, and what is to be done with it. Invalid `file_missing`."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower().endswith("json"):
        wanted = _valid(options, await request.json())
        if wanted.text is None:
            raise Invalid("file_missing")
        return wanted.text.encode("utf-8"), wanted
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Invalid("file_missing")
        body = await file.read()
        fields = {name: WORDS.get(str(value).lower(), value) for name, value in form.items() if name != "file"}
    return body, _valid(options, fields)


def _valid(options: type[Fields], given: object) -> Fields:
    try:
        return options.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError(
            [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False, include_input=False)]
        ) from error
