"""`/clocks/{id}/picture.svg`: sla's picture of a clock, under the console's own address."""

from typing import Final, Literal
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.upstream.client import Get
from console.visits.routes import pages
from console.visits.visitor import Visiting

SANDBOX: Final = {"Content-Security-Policy": "default-src 'none'; sandbox"}

routes = pages()


@routes.get("/clocks/{clock}/picture.svg")
async def picture(
    clock: UUID, visitor: Visiting, theme: Literal["light", "dark"] = "light"
) -> Response:
    """Hand the picture on; it is shown by `<img>`, in which nothing of it can run."""
    query = {"theme": theme, "zone": visitor.reader.zone.key}
    asked = Get("sla", f"/v1/clocks/{clock}/explanation.svg", query)
    found = await visitor.upstream.picture(visitor.asker, asked)
    if found is None:
        raise HTTPException(404)
    return Response(found, media_type="image/svg+xml", headers=SANDBOX)
