"""Pages that show the API: to try it out, by Swagger UI; and to read and print, without any script.

Swagger UI's files come from the package `fastapi-offline`; nothing is fetched from elsewhere.
"""

from html import escape
from importlib.resources import files
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, Response

from common.http.middleware import CSP

pages = APIRouter(include_in_schema=False)

STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2rem}code{background:#f2f2f2;padding:.1em .3em}b{display:inline-block;width:5rem}
li{margin:.4rem 0;list-style:none}ul{padding:0}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #ccc;padding:.3em .5em;text-align:left;
vertical-align:top}@media print{body{max-width:none;margin:0}tr{break-inside:avoid}}"""


_SWAGGER_UI: Final = files("fastapi_offline").joinpath("static")
_START: Final = files("common.http").joinpath("docs.js")
TRY_OUT_CSP: Final = CSP.decode().replace("img-src 'self'", "img-src 'self' data:")
"""Swagger UI's style sheet holds its icons. No script and no style stands in the page itself."""
_CACHED: Final = {"Cache-Control": "max-age=3600"}


@pages.get("/docs")
async def try_out(request: Request) -> HTMLResponse:
    title = escape(request.app.title)
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="docs/swagger-ui.css"></head><body><div id="api"></div>'
        '<noscript><p>Without scripts: <a href="docs/plain">all operations</a>.</p></noscript>'
        '<script src="docs/swagger-ui-bundle.js"></script><script src="docs/start.js"></script>'
        "</body></html>"
    )
    return HTMLResponse(page, headers={"Content-Security-Policy": TRY_OUT_CSP})


@pages.get("/docs/swagger-ui-bundle.js")
async def swagger_ui() -> FileResponse:
    return FileResponse(str(_SWAGGER_UI / "swagger-ui-bundle.js"), headers=_CACHED)


@pages.get("/docs/swagger-ui.css")
async def swagger_ui_style() -> FileResponse:
    return FileResponse(str(_SWAGGER_UI / "swagger-ui.css"), headers=_CACHED)


@pages.get("/docs/start.js")
async def start() -> FileResponse:
    return FileResponse(str(_START), headers=_CACHED)


@pages.get("/docs/plain")
async def plain(request: Request) -> HTMLResponse:
    document = request.app.openapi()
    title = escape(document["info"]["title"])
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><link rel="stylesheet" href="style.css"><h1>{title}</h1><p>To try out: <a href="../docs">docs</a>. For programs: <a href="../openapi.json">openapi.json</a>.</p>{_render_operations(document["paths"])}</html>'
    )


@pages.get("/docs/style.css")
async def style() -> Response:
    return Response(STYLE, media_type="text/css", headers=_CACHED)


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
