"""A page that shows the API: plain HTML, no script, nothing fetched from elsewhere."""

from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

pages = APIRouter(include_in_schema=False)

STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2rem}code{background:#f2f2f2;padding:.1em .3em}b{display:inline-block;width:5rem}
li{margin:.4rem 0;list-style:none}ul{padding:0}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #ccc;padding:.3em .5em;text-align:left;
vertical-align:top}@media print{body{max-width:none;margin:0}tr{break-inside:avoid}}"""


@pages.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    document = request.app.openapi()
    title = escape(document["info"]["title"])
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<link rel="stylesheet" href="/docs/style.css"><h1>{title}</h1>'
        '<p>For programs: <a href="/openapi.json">openapi.json</a></p>'
        f"{_render_operations(document['paths'])}</html>"
    )


@pages.get("/docs/style.css")
async def style() -> Response:
    return Response(STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


def _render_operations(paths: dict[str, Any]) -> str:
    by_tag: dict[str, list[str]] = {}
    for path, operations in paths.items():
        for method, operation in operations.items():
            for tag in operation.get("tags", ["other"])[:1]:
                by_tag.setdefault(tag, []).append(_render_operation(method, path, operation))
    return "".join(
        f"<h2>{escape(tag)}</h2><ul>{''.join(lines)}</ul>" for tag, lines in sorted(by_tag.items())
    )


def _render_operation(method: str, path: str, operation: dict[str, Any]) -> str:
    description = escape(operation.get("description") or operation.get("summary", ""))
    permissions = escape(", ".join(operation.get("x-permissions", ())))
    return f"<li><b>{method.upper()}</b> <code>{escape(path)}</code> {description} <small>{permissions}</small>"
