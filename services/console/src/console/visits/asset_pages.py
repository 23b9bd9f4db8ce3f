"""`/assets/…`: what pages are made of, under names that never change their meaning."""

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from console.look.assets import address_of, find
from console.visits.routes import open_pages

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}

routes = open_pages()
nothing_here = open_pages()


@routes.get("/assets/{file}")
async def asset(file: str) -> Response:
    found = find(file)
    if found is None:
        raise HTTPException(404)
    return Response(found.content, media_type=found.media_type, headers=FOR_EVER)


@routes.get("/favicon.ico")
async def favicon() -> Response:
    return RedirectResponse(address_of("opsdesk.svg"))


@nothing_here.get("/{path:path}")
async def not_found(request: Request, path: str) -> Response:
    """Whatever no other route knows: a page that says so, and the way on."""
    raise HTTPException(404)
