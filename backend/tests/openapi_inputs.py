"""Requests made from `/openapi.json`: every parameter and every field of every body, one after the other."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI

JSON_TYPE = "application/json"
FORM_TYPE = "multipart/form-data"


@dataclass(frozen=True)
class Operation:
    """One method of one path, with the schemas of what it takes."""

    method: str
    path: str
    path_ids: tuple[str, ...] = ()
    queries: dict[str, dict[str, Any]] = field(default_factory=dict)
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Of a JSON body, by name; empty where it takes none."""
    form: bool = False
    """Whether it takes `multipart/form-data`."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations(app: FastAPI) -> list[Operation]:
    """All of `/api`, in the order of the document."""
    document = app.openapi()
    found = []
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            if not path.startswith("/api/"):
                continue
            parameters = said.get("parameters", [])
            content = said.get("requestBody", {}).get("content", {})
            body = resolved(document, content.get(JSON_TYPE, {}).get("schema", {}))
            found.append(
                Operation(
                    method.upper(),
                    path,
                    tuple(one["name"] for one in parameters if one["in"] == "path"),
                    {one["name"]: resolved(document, one["schema"]) for one in parameters if one["in"] == "query"},
                    {name: resolved(document, one) for name, one in body.get("properties", {}).items()},
                    FORM_TYPE in content,
                )
            )
    return found


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema behind references, and of several the first that says more than `null`."""
    while True:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif "anyOf" in schema or "oneOf" in schema or "allOf" in schema:
            several = schema.get("anyOf") or schema.get("oneOf") or schema["allOf"]
            schema = next((one for one in several if one.get("type") != "null"), several[0])
        else:
            return schema


def kinds_of(schema: dict[str, Any]) -> str:
    """string, integer, number, boolean, array or object; `string` where the schema leaves it open."""
    return str(schema.get("type", "string"))


def places(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every leaf of a body."""
    if isinstance(value, dict):
        for name, child in value.items():
            yield from places(child, (*way, name))
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from places(child, (*way, number))
    else:
        yield way


def put(body: dict[str, Any], way: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """A copy of the body with another value at one place."""
    made = deepcopy(body)
    inner: Any = made
    for step in way[:-1]:
        inner = inner[step]
    inner[way[-1]] = value
    return made
