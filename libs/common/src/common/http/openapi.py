"""The OpenAPI document: all errors as problem+json, the bearer scheme, the required permissions.

The id of an operation is its function's name, its summary the first sentence of the docstring.
"""

import inspect
import re
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from common.auth.requirements import RequiresPermission, requirements_of
from common.http.idempotency import KEYED_METHODS
from common.http.models import ProblemModel
from common.http.problems import PROBLEM_JSON

_END_OF_SENTENCE = re.compile(r"(?<=\.)\s")
_REFERENCE = "#/components/schemas/"
_PROBLEM = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}

ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": description, "content": _PROBLEM}
    for status, description in {
        400: "The request cannot be read.",
        401: "No valid token.",
        403: "The permission is missing.",
        404: "Does not exist, or not for this caller.",
        409: "Conflicts with the present state.",
        412: "Changed since it was read.",
        413: "The body is too large.",
        415: "Another media type is expected.",
        422: "Not valid; every violation is named.",
        429: "Too many requests.",
        503: "Busy: nothing was stored, try again.",
        504: "Not known whether it was done: the detail says how to find out.",
    }.items()
}

IDEMPOTENCY_KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A request that is sent again with the same key is done once and answered the same.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}
ON_BEHALF_OF_PARAMETER = {
    "name": "On-Behalf-Of",
    "in": "header",
    "required": False,
    "description": "`mailto:` and the address of the contact for whom the portal speaks.",
    "schema": {"type": "string", "pattern": "^mailto:.+@.+$", "maxLength": 260},
}


def install(app: FastAPI, *, speaks_for_contacts: bool) -> None:
    """Make `app.openapi()` return the completed document."""
    headers = [ON_BEHALF_OF_PARAMETER] if speaks_for_contacts else []

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _build_document(app, headers)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way


def _build_document(app: FastAPI, headers: list[dict[str, Any]]) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = ProblemModel.model_json_schema()
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and route.include_in_schema:
            _complete_operation(document["paths"][route.path_format], route, headers)
    document["tags"] = [{"name": tag} for tag in _tags(document["paths"])]
    _describe_tuples(document)
    _name_pages(document)
    return document


def _name_pages(document: dict[str, Any]) -> None:
    """Call a page of `TicketRead` `TicketPage` rather than `Page_TicketRead_`."""
    schemas = document["components"]["schemas"]
    names = {
        name: f"{page[1].removesuffix('Read')}Page"
        for name in schemas
        if (page := re.fullmatch(r"Page_(\w+)_", name))
    }
    for before, name in names.items():
        schemas[name] = schemas.pop(before) | {"title": name}
    _rename_references(document, {_REFERENCE + old: _REFERENCE + new for old, new in names.items()})


def _rename_references(part: Any, names: dict[str, str]) -> None:
    if isinstance(part, dict) and part.get("$ref") in names:
        part["$ref"] = names[part["$ref"]]
    for inner in _inner(part):
        _rename_references(inner, names)


def _tags(paths: dict[str, Any]) -> list[str]:
    operations = [operation for methods in paths.values() for operation in methods.values()]
    return sorted({tag for operation in operations for tag in operation.get("tags", ())})


def _describe_tuples(part: Any) -> None:
    """Give arrays of a fixed length `items` as well: many tools do not know `prefixItems`."""
    if isinstance(part, dict) and isinstance(part.get("prefixItems"), list):
        kinds = [
            kind
            for n, kind in enumerate(part["prefixItems"])
            if kind not in part["prefixItems"][:n]
        ]
        if len(kinds) == 1:
            del part["prefixItems"]
        part["items"] = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    for inner in _inner(part):
        _describe_tuples(inner)


def _inner(part: Any) -> Iterator[Any]:
    if isinstance(part, dict):
        yield from part.values()
    elif isinstance(part, list):
        yield from part


def _first_sentence(docstring: str) -> str:
    paragraph = inspect.cleandoc(docstring).partition("\n\n")[0]
    return _END_OF_SENTENCE.split(" ".join(paragraph.split()))[0]


def _complete_operation(
    operations: dict[str, Any], route: RouteContext, headers: list[Any]
) -> None:
    requirements: list[RequiresPermission] = list(requirements_of(route.dependant))
    docstring = getattr(route.endpoint, "__doc__", None)
    for method in route.methods or ():
        operation = operations[method.lower()]
        operation["operationId"] = route.operation_id or route.name
        if docstring and route.summary is None:
            operation["summary"] = _first_sentence(docstring)
        if requirements:
            operation["security"] = [{"bearer": []}]
            operation["x-permissions"] = sorted(
                {requirement.permission for requirement in requirements}
            )
            operation.setdefault("parameters", []).extend(headers)
        if method in KEYED_METHODS and requirements:
            operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY_PARAMETER)
