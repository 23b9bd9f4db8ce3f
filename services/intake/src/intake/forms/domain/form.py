"""A request form, and what its schema may hold. Pure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

FormKind = Literal["incident", "service_request", "problem", "question"]

MAX_SCHEMA_BYTES: Final = 64 * 1024
MAX_VALUES_BYTES: Final = 100 * 1000
_LOCAL: Final = "#/$defs/"
_FOREIGN_KEYWORDS: Final = frozenset(
    {
        "$id",
        "$anchor",
        "$dynamicRef",
        "$dynamicAnchor",
        "$recursiveRef",
        "$recursiveAnchor",
        "$vocabulary",
    }
)
_VALUES: Final = frozenset({"const", "default", "enum", "examples"})
"""Keywords whose value is no schema."""


@dataclass(frozen=True, slots=True)
class RequestForm:
    """One version of a form: what a customer is asked for a service (None: for any).

    `schema` is a JSON Schema (2020-12) of an object. `made_by` is a `sub`.
    """

    id: UUID
    key: str
    version: int
    title: str
    description: str | None
    language: str
    service: str | None
    kind: FormKind
    schema: dict[str, Any]
    is_current: bool
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """What is not allowed in a schema; `path` are the steps to it."""

    path: tuple[str | int, ...]
    detail: str


def find_faults(schema: dict[str, Any]) -> list[SchemaFault]:
    """What a form's schema may not hold, although JSON Schema allows it.

    It describes an object, refers to nothing outside of itself, and its definitions refer to nothing at
    all: so it can neither load anything nor grow without bound.
    """
    faults = []
    if len(json.dumps(schema).encode()) > MAX_SCHEMA_BYTES:
        faults.append(SchemaFault((), f"keep it below {MAX_SCHEMA_BYTES} bytes"))
    if schema.get("type") != "object" or not isinstance(schema.get("properties"), dict):
        faults.append(SchemaFault((), 'begin with `"type": "object"`, and name its `properties`'))
    for path, keyword, value in _keywords(schema, ()):
        if keyword in _FOREIGN_KEYWORDS:
            faults.append(SchemaFault((*path, keyword), "leave it out: forms stand on their own"))
        elif keyword == "$ref" and path[:1] == ("$defs",):
            faults.append(SchemaFault((*path, keyword), "definitions cannot refer to others"))
        elif keyword == "$ref" and not str(value).startswith(_LOCAL):
            faults.append(SchemaFault((*path, keyword), f"refer to `{_LOCAL}…` alone"))
    return faults


def _keywords(
    node: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str, Any]]:
    """Every keyword with its value and the steps to where it stands. Bodies nest at most 32 deep."""
    if isinstance(node, list):
        for index, entry in enumerate(node):
            yield from _keywords(entry, (*path, index))
    elif isinstance(node, dict):
        for key, value in node.items():
            is_name = path[-1:] == ("properties",) or path[-1:] == ("$defs",)
            if not is_name:
                yield path, key, value
            if is_name or key not in _VALUES:
                yield from _keywords(value, (*path, key))
