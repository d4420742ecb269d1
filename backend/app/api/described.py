"""What `/openapi.json` says of failures: all of them have one shape (see `errors.py`), which FastAPI does not know."""

from typing import Any

from fastapi import FastAPI

from app.schemas.problems import Problem

REFUSED = {"4XX": "Refused: `code` says why.", "5XX": "Not now, or not on this server: `code` says why."}
FASTAPIS_OWN = ("HTTPValidationError", "ValidationError")


def install(app: FastAPI) -> None:
    """Call it after the last router. The document is made once, when it is first asked for."""
    made = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            _describe(made())
        return made()

    app.openapi = described  # type: ignore[method-assign]


def _describe(document: dict[str, Any]) -> None:
    """In place of FastAPI's 422, every 4xx and 5xx of every route under `/api`."""
    schemas = document["components"]["schemas"]
    for name in FASTAPIS_OWN:
        schemas.pop(name, None)
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas["Problem"] = schema
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            if path.startswith("/api/"):
                for status, words in REFUSED.items():
                    operation["responses"][status] = {"description": words, "content": content}
