"""`/forecasts`: promises at risk, and how right forecasts have been; `/forecasts/{id}`: one, to acknowledge."""

from typing import Final
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from console.forecasts.view import forecast_list, forecast_page
from console.forms.decision import Decision, decide
from console.forms.drawn import drawn_forms, status_of, typed
from console.forms.form import Form
from console.language.catalogue import known_word
from console.paged_list import asked_for
from console.upstream.client import Get
from console.upstream.part import Here
from console.visits.pages import not_shown, page
from console.visits.pictures import Theme, hand_on_picture
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

ROWS: Final = {"limit": "50"}

routes = pages()


@routes.get("/forecasts")
async def show_all(request: Request, visitor: Visiting) -> Response:
    asked = asked_for(request.query_params, "outlook", "customer", "service", "cursor")
    parts = await visitor.upstream.parts(
        visitor.asker,
        {
            "list": Get("sla", "/v1/forecasts", ROWS | asked),
            "score": Get("sla", "/v1/forecasts/score"),
        },
    )
    shown = forecast_list(parts.by_name, asked)
    return page(
        request,
        visitor,
        "forecasts/forecasts.html",
        parts,
        status=shown.listed.status,
        forecasts=shown,
    )


@routes.get("/forecasts/score.svg")
async def picture(visitor: Visiting, theme: Theme = "light") -> Response:
    return await hand_on_picture(visitor, Get("sla", "/v1/forecasts/score.svg", {"theme": theme}))


@routes.get("/forecasts/{id}")
async def show(request: Request, visitor: Visiting, id: str, done: str | None = None) -> Response:
    return await _page(request, visitor, id, {}, done=done)


@routes.post("/forecasts/{id}/acknowledge")
async def acknowledge(request: Request, visitor: Visiting, id: str) -> Response:
    """Say that one knows of it and plans for it. The promise stays as it is."""

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, id, {"acknowledge": form})

    body = typed(request.state.form, "note") or None
    # What is acknowledged is that it is at risk, whatever the last round has counted.
    decision = Decision("sla", "forecasts", id, "acknowledge", compares=False)
    return await decide(request, visitor, decision, body, redraw)


async def _page(
    request: Request, visitor: Visitor, id: str, drawn: dict[str, Form], *, done: str | None = None
) -> Response:
    get = Get("sla", f"/v1/forecasts/{quote(id, safe='')}")
    parts = await visitor.upstream.parts(visitor.asker, {"forecast": get})
    if (refused := not_shown(request, visitor, parts, "forecast", "")) is not None:
        return refused
    found = parts["forecast"]
    assert isinstance(found, Here)
    shown = drawn_forms(("acknowledge",), drawn, found.etag)
    return page(
        request,
        visitor,
        "forecasts/forecast.html",
        parts,
        status=status_of(shown),
        view=forecast_page(found.data, visitor.session.person.sub, visitor.reader.moment),
        forecast=found.data,
        form=shown["acknowledge"],
        done=known_word(visitor.reader.language, "forecast_done", done),
    )
