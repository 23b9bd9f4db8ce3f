"""`/customers/{key}/delivery-manager`: who answers for a customer, who stands in, and who does so from now on (R5)."""

from typing import Final
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from console.customers.delivery_manager_view import FIELDS, delivery_manager_page, filled_in
from console.forms import form as forms
from console.forms.decision import Decision, decide_typed
from console.forms.form import Form
from console.language.catalogue import known_word
from console.upstream.client import Get
from console.upstream.part import Missing, data_of, items_of
from console.upstream.people import PEOPLE
from console.visits.pages import not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

HERE: Final = "/customers/{key}/delivery-manager"
UNAVAILABLE: Final = 503

routes = pages()


@routes.get(HERE)
async def show(request: Request, visitor: Visiting, key: str, done: str | None = None) -> Response:
    return await _page(request, visitor, key, None, done=done)


@routes.post(HERE)
async def appoint(request: Request, visitor: Visiting, key: str) -> Response:
    """Appoint the delivery manager of a customer with deputies, in place of all who were."""

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, form)

    back = HERE.format(key=quote(key, safe=""))
    act = "delivery-manager"
    decision = Decision("intake", "customers", key, act, False, "delivery_manager", back, "PUT")
    return await decide_typed(request, visitor, decision, FIELDS, redraw)


async def _page(
    request: Request, visitor: Visitor, key: str, drawn: Form | None, *, done: str | None = None
) -> Response:
    path = f"/v1/customers/{quote(key, safe='')}"
    wanted = {
        "customer": Get("intake", path, remember=True),
        "appointed": Get("intake", f"{path}/delivery-manager"),
        "people": PEOPLE,
    }
    parts = await visitor.upstream.parts(visitor.asker, wanted)
    if (refused := not_shown(request, visitor, parts, "customer", key)) is not None:
        return refused
    appointed = data_of(parts["appointed"])
    form = drawn or forms.blank(None, **filled_in(appointed))
    is_missing = isinstance(parts["appointed"], Missing)
    return page(
        request,
        visitor,
        "customers/delivery_manager.html",
        parts,
        status=max(form.status, UNAVAILABLE if is_missing else 200),
        customer=data_of(parts["customer"]),
        key=key,
        part=parts["appointed"],
        is_missing=is_missing,
        view=delivery_manager_page(appointed, items_of(parts["people"])),
        form=form,
        asks=FIELDS,
        done=known_word(visitor.reader.language, "customer_done", done),
    )
