"""The status page: four static files without any figures, open to everybody."""

from functools import cache
from importlib.resources import files

from fastapi import APIRouter
from starlette.responses import Response

pages = APIRouter(prefix="/status", include_in_schema=False)

HOUR_CACHE_HEADERS = {"Cache-Control": "max-age=3600"}


@pages.get("")
async def page() -> Response:
    return Response(_read("status.html"), media_type="text/html")


@pages.get("/status.css")
async def style() -> Response:
    return Response(_read("status.css"), media_type="text/css", headers=HOUR_CACHE_HEADERS)


@pages.get("/status.js")
async def script() -> Response:
    return Response(_read("status.js"), media_type="text/javascript", headers=HOUR_CACHE_HEADERS)


@pages.get("/status.svg")
async def icon() -> Response:
    return Response(_read("status.svg"), media_type="image/svg+xml", headers=HOUR_CACHE_HEADERS)


@cache
def _read(name: str) -> bytes:
    return (files("sla.status") / "static" / name).read_bytes()
