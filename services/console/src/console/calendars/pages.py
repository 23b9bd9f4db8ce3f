"""`/calendars`, `/calendars/{key or id}`: hours, holidays, a year as a picture, and a version's publication."""

from typing import Final, Literal
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from console.calendars.view import ACTS, calendar_page
from console.forms.decision import Decision, decide
from console.forms.drawn import drawn_forms, is_wrong, status_of
from console.forms.form import Form
from console.language.catalogue import known_word
from console.paged_list import asked_for, paged_list
from console.upstream.client import Get
from console.visits.pages import not_shown, page
from console.visits.pictures import Theme, hand_on_picture
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

ROWS: Final = {"limit": "200"}

routes = pages()


@routes.get("/calendars")
async def show_all(request: Request, visitor: Visiting) -> Response:
    asked = asked_for(request.query_params, "cursor")
    parts = await visitor.upstream.parts(
        visitor.asker, {"list": Get("sla", "/v1/calendars", ROWS | asked)}
    )
    shown = paged_list(parts["list"], "/calendars", {})
    return page(
        request, visitor, "calendars/calendars.html", parts, status=shown.status, calendars=shown
    )


@routes.get("/calendars/{name}")
async def show(
    request: Request,
    visitor: Visiting,
    name: str,
    year: int | None = None,
    done: str | None = None,
) -> Response:
    return await _page(request, visitor, name, {}, year=year, done=done)


@routes.get("/calendars/{name}/{year}.svg")
async def picture(visitor: Visiting, name: str, year: int, theme: Theme = "light") -> Response:
    path = f"/v1/calendars/{quote(name, safe='')}/chart.svg"
    return await hand_on_picture(visitor, Get("sla", path, {"year": str(year), "theme": theme}))


@routes.post("/calendars/{name}/{act}")
async def do_act(
    request: Request, visitor: Visiting, name: str, act: Literal["publish", "withdraw"]
) -> Response:
    """Publish a proposed version, or withdraw it. It has no ETag: its terms never change."""

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, name, {act: form})

    decision = Decision("sla", "calendars", name, act, compares=False)
    return await decide(request, visitor, decision, None, redraw)


async def _page(
    request: Request,
    visitor: Visitor,
    name: str,
    drawn: dict[str, Form],
    *,
    year: int | None = None,
    done: str | None = None,
) -> Response:
    get = Get("sla", f"/v1/calendars/{quote(name, safe='')}")
    parts = await visitor.upstream.parts(visitor.asker, {"calendar": get})
    if (refused := not_shown(request, visitor, parts, "calendar", name)) is not None:
        return refused
    here = visitor.reader.moment.astimezone(visitor.reader.zone)
    view = calendar_page(parts["calendar"], year or here.year)
    shown = drawn_forms(ACTS, drawn, None)
    return page(
        request,
        visitor,
        "calendars/calendar.html",
        parts,
        status=status_of(shown),
        view=view,
        calendar=view.calendar,
        forms=shown,
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "calendar_done", done),
    )
