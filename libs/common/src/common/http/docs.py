"""Pages that show the API: by Swagger UI; and to read and print, without any script.

They are on the management port. Each is made once and is then bytes that are sent. Swagger UI's files
come from the package `fastapi-offline`; nothing is fetched from elsewhere.
"""

from functools import partial
from html import escape
from importlib.resources import files
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, Response

from common.http.management_state import DocumentName, management_of
from common.http.middleware import CSP

stylesheet = APIRouter(include_in_schema=False)
"""The style sheet of printed pages: the only one of these that the public port has, too."""

STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2rem}code{background:#f2f2f2;padding:.1em .3em}b{display:inline-block;width:5rem}
li{margin:.4rem 0;list-style:none}ul{padding:0}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #ccc;padding:.3em .5em;text-align:left;
vertical-align:top}@media print{body{max-width:none;margin:0}tr{break-inside:avoid}}"""


_SWAGGER_UI: Final = files("fastapi_offline").joinpath("static")
_FILES: Final = {
    "swagger-ui-bundle.js": _SWAGGER_UI.joinpath("swagger-ui-bundle.js"),
    "swagger-ui.css": _SWAGGER_UI.joinpath("swagger-ui.css"),
    "start.js": files("common.http").joinpath("docs.js"),
}
SWAGGER_UI_CSP: Final = CSP.decode().replace("img-src 'self'", "img-src 'self' data:")
"""Swagger UI's style sheet holds its icons. No script and no style stands in the page itself."""
_CACHED: Final = {"Cache-Control": "max-age=3600"}


@stylesheet.get("/docs/style.css")
async def style() -> Response:
    return Response(STYLE, media_type="text/css", headers=_CACHED)


def create_pages() -> APIRouter:
    """Create the routes of the pages, with what they have made once."""
    pages = APIRouter(include_in_schema=False)
    documents: dict[DocumentName, bytes] = {}

    async def document(request: Request, name: DocumentName) -> bytes:
        if name not in documents:
            documents[name] = await management_of(request.app).requests.document(name)
        return documents[name]

    @pages.get("/openapi.json")
    async def openapi(request: Request) -> Response:
        return Response(await document(request, "openapi.json"), media_type="application/json")

    @pages.get("/docs/plain")
    async def plain(request: Request) -> HTMLResponse:
        return HTMLResponse(await document(request, "plain"))

    pages.add_api_route("/docs", show)
    for name, file in _FILES.items():
        pages.add_api_route(f"/docs/{name}", partial(_send_file, str(file)))
    pages.include_router(stylesheet)
    return pages


async def show(request: Request) -> HTMLResponse:
    title = escape(request.app.title)
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="docs/swagger-ui.css"></head><body><div id="api"></div>'
        '<noscript><p>Without scripts: <a href="docs/plain">all operations</a>.</p></noscript>'
        '<script src="docs/swagger-ui-bundle.js"></script><script src="docs/start.js"></script>'
        "</body></html>"
    )
    return HTMLResponse(page, headers={"Content-Security-Policy": SWAGGER_UI_CSP})


async def _send_file(path: str) -> FileResponse:
    return FileResponse(path, headers=_CACHED)


def render_plain(document: dict[str, Any]) -> str:
    """Return the page that lists all operations of an OpenAPI document."""
    title = escape(document["info"]["title"])
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><link rel="stylesheet" href="style.css"><h1>{title}</h1><p>By schemas: <a href="../docs">docs</a>. For programs: <a href="../openapi.json">openapi.json</a>.</p>{_render_operations(document["paths"])}</html>'


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
