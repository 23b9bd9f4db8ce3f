"""`/reviews`, `/reviews/{key}`: a month with a customer, as it was published or is drafted."""

from typing import Final
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from console.figures import month_of
from console.forms import form as forms
from console.forms.creation import create
from console.forms.drawn import drawn_forms, is_wrong, lacking, status_of, typed
from console.forms.form import Form
from console.language.catalogue import known_word
from console.paged_list import asked_for, paged_list
from console.reviews.view import ACTS, review_page
from console.upstream.client import Get
from console.upstream.part import Here
from console.visits.pages import not_shown, page
from console.visits.pictures import hand_on_paper
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

ROWS: Final = {"limit": "50"}

routes = pages()


@routes.get("/reviews")
async def show_all(request: Request, visitor: Visiting) -> Response:
    return await _list(request, visitor, {})


@routes.post("/reviews/create")
async def draw_up(request: Request, visitor: Visiting) -> Response:
    """Draw up the review of a month from its figures."""

    async def redraw(form: Form) -> Response:
        return await _list(request, visitor, {"create": form})

    values: dict[str, str] = request.state.form
    if (wrong := lacking(values, "customer", "month")) is not None:
        return await redraw(wrong)
    body = typed(values, "customer", "month")
    return await create(request, visitor, "sla", "reviews", body, redraw)


@routes.get("/reviews/{key}")
async def show(
    request: Request,
    visitor: Visiting,
    key: str,
    edition: int | None = None,
    done: str | None = None,
) -> Response:
    return await review(request, visitor, key, {}, edition=edition, done=done)


@routes.get("/reviews/{key}/paper.pdf")
async def paper(visitor: Visiting, key: str, edition: int | None = None) -> Response:
    query = {"format": "pdf", "language": visitor.reader.language}
    if edition is not None:
        query["edition"] = str(edition)
    path = f"/v1/reviews/{quote(key, safe='')}"
    return await hand_on_paper(visitor, Get("sla", path, query), f"review-{key}")


async def _list(request: Request, visitor: Visitor, drawn: dict[str, Form]) -> Response:
    asked = asked_for(request.query_params, "customer", "month", "cursor")
    page_query = {name: value for name, value in asked.items() if name != "cursor"}
    parts = await visitor.upstream.parts(
        visitor.asker, {"list": Get("sla", "/v1/reviews", ROWS | asked)}
    )
    shown = paged_list(parts["list"], "/reviews", page_query)
    form = drawn_forms(("create",), drawn, None)["create"]
    return page(
        request,
        visitor,
        "reviews/reviews.html",
        parts,
        status=max(shown.status, form.status),
        reviews=shown,
        filters=page_query,
        form=form,
        present=month_of(visitor.reader.moment.astimezone(visitor.reader.zone)),
    )


async def review(
    request: Request,
    visitor: Visitor,
    key: str,
    drawn: dict[str, Form],
    *,
    edition: int | None = None,
    done: str | None = None,
) -> Response:
    """Show an edition, for staff by default the draft, with the forms that are drawn again."""
    wanted = edition if edition is not None or visitor.is_contact else 0
    query = {"language": visitor.reader.language}
    if wanted is not None:
        query["edition"] = str(wanted)
    get = Get("sla", f"/v1/reviews/{quote(key, safe='')}", query)
    parts = await visitor.upstream.parts(visitor.asker, {"review": get})
    if (refused := not_shown(request, visitor, parts, "review", key)) is not None:
        return refused
    found = parts["review"]
    assert isinstance(found, Here)
    shown = drawn_forms(ACTS, drawn, found.etag)
    if "assessment" not in drawn:
        written = "\n\n".join(found.data["report"]["assessment"])
        shown["assessment"] = forms.blank(found.etag, text=written)
    return page(
        request,
        visitor,
        "reviews/review.html",
        parts,
        status=status_of(shown),
        view=review_page(found.data),
        review=found.data,
        report=found.data["report"],
        forms=shown,
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "review_done", done),
    )
