"""Pictures and papers of the services, handed on under the console's own address."""

from typing import Final, Literal

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.upstream.client import FORM_S, Get
from console.visits.visitor import Visitor

SANDBOX: Final = {"Content-Security-Policy": "default-src 'none'; sandbox"}
SVG: Final = "image/svg+xml"
PDF: Final = "application/pdf"
Theme = Literal["light", "dark"]


async def hand_on_picture(visitor: Visitor, get: Get) -> Response:
    """Hand a picture on; it is shown by `<img>`, in which nothing of it can run. Raises 404.

    The page does not wait for it, so it may take longer than a part.
    """
    found = await visitor.upstream.file(visitor.asker, get, SVG, FORM_S)
    if found is None:
        raise HTTPException(404)
    return Response(found, media_type=SVG, headers=SANDBOX)


async def hand_on_paper(visitor: Visitor, get: Get, name: str) -> Response:
    """Hand a PDF on under a file's name. Raises 404 where there is none, or none came in time."""
    found = await visitor.upstream.file(visitor.asker, get, PDF, FORM_S)
    if found is None:
        raise HTTPException(404)
    file = "".join(sign if sign.isalnum() or sign in "-." else "-" for sign in name)
    headers = {"Content-Disposition": f'inline; filename="{file}.pdf"'}
    return Response(found, media_type=PDF, headers=headers)
