"""`/deliveries`, `/deliveries/D-…`: approve a version for an environment, or refuse it with an argument."""

from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from console.deliveries.view import delivery_list, delivery_page
from console.forms import form as forms
from console.forms.decision import Decision, decide
from console.forms.form import Form
from console.language.marked import marked
from console.upstream.client import Get, Parts
from console.upstream.part import Denied, Here
from console.upstream.problems import Violation
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

STATES: Final = ("in_review", "approved", "delivered", "refused", "everything")
ROWS: Final = {"limit": "50"}
MOST_FOLLOW_UPS: Final = "200"
NO_ARGUMENT: Final = marked("Give an argument that quality control can weigh.")
NO_TASK: Final = marked("Say what has to be done.")
REASON: Final = "CHECK_FAILED"

routes = pages()


@routes.get("/deliveries")
async def show_all(request: Request, visitor: Visiting, state: str = "in_review") -> Response:
    chosen = state if state in STATES else "in_review"
    query = ROWS if chosen == "everything" else ROWS | {"state": chosen}
    parts = await visitor.upstream.parts(
        visitor.asker, {"list": Get("delivery-gate", "/v1/deliveries", query)}
    )
    shown = delivery_list(parts["list"], chosen)
    status = 503 if shown.missing else 200
    return page(
        request,
        visitor,
        "deliveries/deliveries.html",
        parts,
        status=status,
        deliveries=shown,
        states=STATES,
    )


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
    parts = await visitor.upstream.parts(
        visitor.asker,
        {
            "delivery": Get("delivery-gate", f"/v1/deliveries/{quote(key, safe='')}"),
            "criteria": Get("delivery-gate", "/v1/criteria"),
        },
    )
    found = parts["delivery"]
    if not isinstance(found, Here):
        status = found.status if isinstance(found, Denied) else 503
        return page(
            request, visitor, "look/not_shown.html", parts, status=status, key=key, part=found
        )
    environment = quote(found.data["environment"], safe="")
    of_product = {"product": found.data["product"], "limit": MOST_FOLLOW_UPS}
    more = await visitor.upstream.parts(
        visitor.asker,
        {
            "environment": Get("delivery-gate", f"/v1/environments/{environment}"),
            "follow_ups": Get("delivery-gate", "/v1/follow-ups", of_product),
        },
    )
    parts = Parts({**parts.by_name, **more.by_name}, {**parts.seconds, **more.seconds})
    view = delivery_page(
        found.data,
        parts["criteria"],
        parts["environment"],
        parts["follow_ups"],
        visitor.session.person.sub,
    )
    shown = {name: _fresh(drawn.get(name), found.etag) for name in ("approve", "refuse")}
    return page(
        request,
        visitor,
        "deliveries/delivery.html",
        parts,
        status=max(one.status for one in shown.values()),
        view=view,
        delivery=view.delivery,
        forms=shown,
        done=done,
    )


def _fresh(form: Form | None, etag: str | None) -> Form:
    if form is None:
        return forms.blank(etag)
    return forms.after_change(form, etag) if form.notice == "changed" else form
