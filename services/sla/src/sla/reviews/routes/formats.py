"""The format of a report: by `?format=`, else by `Accept`, else JSON."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, NamedTuple

from fastapi import Query, Request
from starlette.responses import Response

from common.http import ResponseModel
from sla.rendering import csv, html
from sla.rendering.document import Document

Format = Literal["json", "html", "pdf", "xlsx", "csv"]
FormatQuery = Annotated[
    Format | None, Query(alias="format", description="Goes before the header Accept.")
]


class _Renderer(NamedTuple):
    media_type: str
    render: Callable[[Document], bytes]


def _render_pdf(document: Document) -> bytes:
    # Imported on the first request: the library takes a tenth of an idle service's memory.
    from sla.rendering.pdf import render_pdf

    return render_pdf(document)


def _render_xlsx(document: Document) -> bytes:
    from sla.rendering.xlsx import render_xlsx

    return render_xlsx(document)


RENDERERS: Final[dict[str, _Renderer]] = {
    "html": _Renderer(html.MEDIA_TYPE, html.render_html),
    "pdf": _Renderer("application/pdf", _render_pdf),
    "xlsx": _Renderer(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _render_xlsx
    ),
    "csv": _Renderer(csv.MEDIA_TYPE, csv.render_csv),
}
FORMAT_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "In the form that was asked for.",
        "content": {
            renderer.media_type: {"schema": {"type": "string", "format": "binary"}}
            for renderer in RENDERERS.values()
        },
    }
}
"""The formats beside JSON, for OpenAPI."""


async def render_response(
    request: Request, requested: Format | None, model: ResponseModel, document: Document
) -> Response:
    """The response in the requested format. Documents are rendered in a thread."""
    chosen_format = requested or _accepted_format(request)
    if chosen_format == "json":
        return Response(model.model_dump_json(), media_type="application/json")
    renderer = RENDERERS[chosen_format]
    body = await asyncio.to_thread(renderer.render, document)
    headers = {"Content-Disposition": f'inline; filename="{document.name}.{chosen_format}"'}
    if chosen_format == "html":
        headers["Content-Security-Policy"] = html.CSP
    return Response(body, media_type=renderer.media_type, headers=headers)


def _accepted_format(request: Request) -> Format:
    """The first format in Accept that can be rendered, else JSON. Weights are ignored."""
    for part in request.headers.get("accept", "").lower().split(","):
        media_type = part.partition(";")[0].strip()
        for name, renderer in RENDERERS.items():
            if media_type == renderer.media_type:
                return name  # type: ignore[return-value]  # the table's keys are formats
        if media_type in ("application/json", "*/*"):
            return "json"
    return "json"
