"""In which form a report is wanted: by `?format=`, else by `Accept`, else JSON."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, NamedTuple

from fastapi import Query, Request
from starlette.responses import Response

from common.http import ResponseModel
from sla.rendering import csv, html
from sla.rendering.document import Document

Form = Literal["json", "html", "pdf", "xlsx", "csv"]
FormQuery = Annotated[
    Form | None, Query(alias="format", description="Goes before the header Accept.")
]


class _Maker(NamedTuple):
    media_type: str
    make: Callable[[Document], bytes]


def _pdf(paper: Document) -> bytes:
    # Loaded by the first who asks: its library is a tenth of what an idle service weighs.
    from sla.rendering.pdf import pdf

    return pdf(paper)


def _workbook(paper: Document) -> bytes:
    from sla.rendering.xlsx import xlsx

    return xlsx(paper)


MAKERS: Final[dict[str, _Maker]] = {
    "html": _Maker(html.MEDIA_TYPE, html.html),
    "pdf": _Maker("application/pdf", _pdf),
    "xlsx": _Maker("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _workbook),
    "csv": _Maker(csv.MEDIA_TYPE, csv.csv),
}
FORMS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "In the form that was asked for.",
        "content": {
            maker.media_type: {"schema": {"type": "string", "format": "binary"}}
            for maker in MAKERS.values()
        },
    }
}
"""For OpenAPI: the forms beside JSON."""


async def in_form(
    request: Request, wanted: Form | None, told: ResponseModel, paper: Document
) -> Response:
    """The answer as it is wanted; made beside the event loop, which has others to serve."""
    form = wanted or _accepted(request)
    if form == "json":
        return Response(told.model_dump_json(), media_type="application/json")
    maker = MAKERS[form]
    body = await asyncio.to_thread(maker.make, paper)
    headers = {"Content-Disposition": f'inline; filename="{paper.name}.{form}"'}
    if form == "html":
        headers["Content-Security-Policy"] = html.CSP
    return Response(body, media_type=maker.media_type, headers=headers)


def _accepted(request: Request) -> Form:
    """The first form in Accept that we have; weights are for those who ask by `format`."""
    for part in request.headers.get("accept", "").lower().split(","):
        media_type = part.partition(";")[0].strip()
        for form, maker in MAKERS.items():
            if media_type == maker.media_type:
                return form  # type: ignore[return-value]  # the table's keys are forms
        if media_type in ("application/json", "*/*"):
            return "json"
    return "json"
