"""`docs/api/<service>.md`: the routes of a service with their permissions and bodies."""

from collections.abc import Iterable, Iterator
from typing import Any

from common.docgen.markdown import code, describe_schema, page, table
from common.http import Service, create_app

INTRODUCTION = """
Bearer tokens; errors are RFC 9457 problems whose `detail` says what to do next. Every POST that
creates or decides, and every DELETE, takes `Idempotency-Key`. Lists return
`{"items": [...], "next": "..."}` and take `?limit=` and `?cursor=`. The running service has the same
at `/docs` and `/openapi.json`.
""".strip()

VERBS = ("get", "post", "put", "patch", "delete")


def api_page(service: Service) -> str:
    """Write the page of a service from its OpenAPI document."""
    document = create_app(service).openapi()
    operations = list(_operations(document))
    return page(
        service.title,
        INTRODUCTION,
        "## Routes",
        table(("route", "permission", "what it does"), map(_row, operations)),
        "## Bodies",
        *_bodies(document["components"]["schemas"]),
    )


def has_api(service: Service) -> bool:
    """Return whether a service is for programs, too: the console has pages alone."""
    return bool(create_app(service).openapi()["paths"])


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, verbs in sorted(document["paths"].items()):
        for verb in VERBS:
            if verb in verbs:
                yield verb.upper(), path, verbs[verb]


def _row(operation: tuple[str, str, dict[str, Any]]) -> tuple[str, str, str]:
    verb, path, details = operation
    permissions = ", ".join(map(code, details.get("x-permissions", ()))) or "public"
    query = [p["name"] for p in details.get("parameters", ()) if p["in"] == "query"]
    query_text = f" Query: {', '.join(map(code, query))}." if query else ""
    first = details.get("description", details.get("summary", "")).partition("\n\n")[0]
    return code(f"{verb} {path}"), permissions, first + query_text


def _bodies(schemas: dict[str, Any]) -> Iterable[str]:
    for name, schema in sorted(schemas.items()):
        required = set(schema.get("required", ()))
        rows = [
            (
                code(field),
                describe_schema(field_schema),
                "yes" if field in required else "",
                _describe(field_schema),
            )
            for field, field_schema in schema.get("properties", {}).items()
        ]
        if rows:
            yield f"### {name}"
            yield schema.get("description", "")
            yield table(("field", "takes", "required", ""), rows)


def _describe(schema: dict[str, Any]) -> str:
    bounds = [
        f"{word} {schema[key]}"
        for key, word in (
            ("minLength", "at least"),
            ("maxLength", "at most"),
            ("minimum", "from"),
            ("maximum", "to"),
        )
        if key in schema
    ]
    return "; ".join([*filter(None, [schema.get("description", "")]), *bounds])
