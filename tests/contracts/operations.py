"""The operations of the four services, with every field of their requests, from the OpenAPI documents."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any
from uuid import UUID

from common.auth.permissions import CUSTOMER, PERMISSIONS, SCOPES, STAFF
from common.http import Service, create_app
from opsdesk_testing.tokens import token

MODULES = ("intake", "sla", "escalation", "delivery_gate")
MAX_DEPTH = 10


@dataclass(frozen=True)
class Field:
    """A field of a request. `path`: from the body's root, `*` for every item; `schemas`: its own and
    those of its alternatives."""

    part: str  # "query" or "body"
    path: tuple[str, ...]
    schemas: tuple[dict[str, Any], ...]

    @property
    def name(self) -> str:
        """The name, of an item that of its list."""
        return next(step for step in reversed(self.path) if step != "*")

    def mark(self, name: str) -> Any:
        return next((schema[name] for schema in self.schemas if name in schema), None)


@dataclass(frozen=True)
class Operation:
    module: str
    method: str
    path: str
    permissions: tuple[str, ...]
    fields: tuple[Field, ...]

    def __str__(self) -> str:
        return f"{self.module} {self.method} {self.path}"

    def url(self) -> str:
        """The path with names in it that are well formed and do not exist."""
        return re.sub(r"\{(\w+)\}", lambda found: _example(found[1]), self.path)

    def token(self) -> str:
        """A token with all permissions that it requires: of all staff, else of a contact or a machine."""
        if all(PERMISSIONS[permission] & set(STAFF) for permission in self.permissions):
            return token("root", roles=list(STAFF))
        if all(CUSTOMER in PERMISSIONS[permission] for permission in self.permissions):
            return token("jan")
        return token("robot", scope=" ".join(sorted(SCOPES)))


def service_of(module: str) -> Service:
    service: Service = import_module(f"{module}.app").SERVICE
    return service


@cache
def operations(module: str) -> list[Operation]:
    """All operations of a service, as its document describes them."""
    document = create_app(service_of(module)).openapi()
    schemas = document["components"]["schemas"]
    return [
        Operation(
            module,
            method.upper(),
            path,
            tuple(operation.get("x-permissions", ())),
            tuple(_fields(operation, schemas)),
        )
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _example(parameter: str) -> str:
    if parameter == "number":
        return "1"
    return str(UUID(int=7)) if parameter.endswith("_id") else "nothing"


def _fields(operation: dict[str, Any], schemas: dict[str, Any]) -> Iterator[Field]:
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "query":
            found = tuple(_alternatives(parameter["schema"], schemas))
            yield Field("query", (parameter["name"],), found)
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield from dict.fromkeys(_below(content.get("schema", {}), (), schemas))


def _alternatives(schema: dict[str, Any], schemas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schema, what it refers to, its alternatives, and the items of a list of strings."""
    yield schema
    if "$ref" in schema:
        yield from _alternatives(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas)
    for name in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(name, ()):
            yield from _alternatives(one, schemas)


def _below(
    schema: dict[str, Any], path: tuple[str, ...], schemas: dict[str, Any]
) -> Iterator[Field]:
    if len(path) > MAX_DEPTH:
        return
    for one in _alternatives(schema, schemas):
        for name, inner in one.get("properties", {}).items():
            yield from _field(inner, (*path, name), schemas)
        for key in ("items", "additionalProperties"):
            if isinstance(one.get(key), dict):
                yield from _field(one[key], (*path, "*"), schemas)


def _field(
    schema: dict[str, Any], path: tuple[str, ...], schemas: dict[str, Any]
) -> Iterator[Field]:
    yield _Hashable("body", path, tuple(_alternatives(schema, schemas)))
    yield from _below(schema, path, schemas)


class _Hashable(Field):
    """One position of a body that several alternatives lead to is one field."""

    def __hash__(self) -> int:
        return hash((self.part, self.path))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Field) and (self.part, self.path) == (other.part, other.path)
