"""`/deliveries/DEL-…`: approve a version for an environment or refuse it with an argument, and run it by hand."""

from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.deliveries.delivery_acts import ACTS, prefilled
from console.deliveries.view import SETBACKS, delivery_page, outcome_code
from console.forms import form as forms
from console.forms.decision import Decision, decide
from console.forms.drawn import drawn_forms, is_wrong, status_of
from console.forms.form import Form
from console.forms.reading import read_fields
from console.language.catalogue import known_word
from console.language.marked import marked
from console.upstream.client import Get, Parts
from console.upstream.part import Here
from console.upstream.problems import Violation
from console.visits.pages import not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

MOST_FOLLOW_UPS: Final = "200"
REVIEWS: Final = ("approve", "refuse")
NO_ARGUMENT: Final = marked("Give an argument that quality control can weigh.")
NO_TASK: Final = marked("Say what has to be done.")
REASON: Final = "CHECK_FAILED"

routes = pages()


@routes.get("/deliveries/{key}")
async def show(request: Request, visitor: Visiting, key: str, done: str | None = None) -> Response:
    return await _page(request, visitor, key, {}, done=done)


@routes.post("/deliveries/{key}/approve")
async def approve(request: Request, visitor: Visiting, key: str) -> Response:
    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, {"approve": form})

    decision = Decision("delivery-gate", "deliveries", key, "approve")
    return await decide(request, visitor, decision, None, redraw)


@routes.post("/deliveries/{key}/refuse")
async def refuse(request: Request, visitor: Visiting, key: str) -> Response:
    """Refuse the version everywhere, until what the refusal obliges to is done."""

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, {"refuse": form})

    values: dict[str, str] = request.state.form
    wrong = [
        Violation(name, sentence)
        for name, sentence in (("justification", NO_ARGUMENT), ("task", NO_TASK))
        if not values.get(name, "").strip()
    ]
    if wrong:
        return await redraw(forms.invalid(values, values.get("seen") or None, *wrong))
    decision = Decision("delivery-gate", "deliveries", key, "refuse")
    return await decide(request, visitor, decision, _refusal(values), redraw)


@routes.post("/deliveries/{key}/{act}")
async def do_act(request: Request, visitor: Visiting, key: str, act: str) -> Response:
    """Start it, say that it is rolled out, verify it, roll it back, or withdraw it."""
    if act not in ACTS:
        raise HTTPException(404)

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, {act: form})

    values: dict[str, str] = request.state.form
    found = read_fields(ACTS[act].fields, values, visitor.reader.zone)
    if found.wrong:
        return await redraw(forms.invalid(values, values.get("seen") or None, *found.wrong))
    decision = Decision("delivery-gate", "deliveries", key, act)
    return await decide(request, visitor, decision, found.body or None, redraw)


def _refusal(values: dict[str, str]) -> dict[str, Any]:
    code, _, criterion = values.get("criterion", "").partition(".")
    reason = {"code": code or REASON, "justification": values["justification"].strip()}
    if criterion:
        reason["criterion"] = criterion
    task = {"kind": values.get("kind") or "investigation", "task": values["task"].strip()}
    return {"reasons": [reason], "follow_ups": [task]}


async def _page(
    request: Request,
    visitor: Visitor,
    key: str,
    drawn: dict[str, Form],
    *,
    done: str | None = None,
) -> Response:
    wanted = {
        "delivery": Get("delivery-gate", f"/v1/deliveries/{quote(key, safe='')}"),
        "criteria": Get("delivery-gate", "/v1/criteria"),
    }
    parts = await visitor.upstream.parts(visitor.asker, wanted)
    if (refused := not_shown(request, visitor, parts, "delivery", key)) is not None:
        return refused
    found = parts["delivery"]
    assert isinstance(found, Here)
    environment = quote(found.data["environment"], safe="")
    of_product = {"product": found.data["product"], "limit": MOST_FOLLOW_UPS}
    more = await visitor.upstream.parts(
        visitor.asker,
        {
            "environment": Get("delivery-gate", f"/v1/environments/{environment}"),
            "follow_ups": Get("delivery-gate", "/v1/follow-ups", of_product),
        },
        has_main=False,
    )
    parts = Parts({**parts.by_name, **more.by_name}, {**parts.seconds, **more.seconds})
    view = delivery_page(
        found.data,
        parts["criteria"],
        parts["environment"],
        parts["follow_ups"],
        visitor.session.person.sub,
    )
    shown = _forms(drawn, found)
    outcome = outcome_code(done, found.data)
    return page(
        request,
        visitor,
        "deliveries/delivery.html",
        parts,
        status=status_of(shown),
        view=view,
        delivery=found.data,
        forms=shown,
        acts=ACTS,
        wrong=is_wrong(shown),
        wrong_acts=is_wrong({name: shown[name] for name in ACTS}),
        done=known_word(visitor.reader.language, "delivery_done", outcome),
        is_setback=outcome in SETBACKS,
    )


def _forms(drawn: dict[str, Form], found: Here) -> dict[str, Form]:
    blank = {name: forms.blank(found.etag, **prefilled(name, found.data)) for name in ACTS}
    return drawn_forms((*REVIEWS, *ACTS), {**blank, **drawn}, found.etag)
