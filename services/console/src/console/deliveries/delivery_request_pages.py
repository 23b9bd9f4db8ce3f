"""`/deliveries/new`: a delivery is asked for: first which version, then where to, with the proofs that it is ready."""

from typing import Final
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from console.deliveries.delivery_request_view import (
    LIFECYCLES,
    PROOFS,
    asking,
    is_link,
    lacking_proofs,
    request_of,
)
from console.forms import form as forms
from console.forms.creation import create
from console.forms.drawn import NEEDED
from console.forms.form import Form
from console.language.marked import marked
from console.permitted import ASK_FOR_DELIVERIES
from console.upstream.client import Get
from console.upstream.part import status_of_part
from console.upstream.problems import Violation
from console.visits.pages import not_permitted, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

HERE: Final = "/deliveries/new"
HEADING: Final = marked("Ask for a delivery")
MOST: Final = {"limit": "200"}
NO_LINK: Final = marked("Give a link that others can follow: https://…")
ENVIRONMENTS: Final = Get("delivery-gate", "/v1/environments", MOST)
CRITERIA: Final = Get("delivery-gate", "/v1/criteria")

routes = pages()


@routes.get(HERE)
async def show(
    request: Request,
    visitor: Visiting,
    product: str = "",
    version: str = "",
    environment: str = "",
) -> Response:
    """Show the form, once it is known of which version; an environment may be chosen beforehand."""
    back = "/deliveries"
    if (refused := not_permitted(request, visitor, ASK_FOR_DELIVERIES, HEADING, back)) is not None:
        return refused
    form = forms.blank(None, product=product, version=version, environment=environment)
    return await _page(request, visitor, form)


@routes.post(HERE)
async def ask(request: Request, visitor: Visiting) -> Response:
    """Ask for it, and go to the delivery with its verdict."""

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, form)

    values: dict[str, str] = request.state.form
    if wrong := await _wrong(visitor, values):
        return await redraw(forms.invalid(values, None, *wrong))
    return await create(request, visitor, "delivery-gate", "deliveries", request_of(values), redraw)


async def _wrong(visitor: Visitor, values: dict[str, str]) -> list[Violation]:
    """Return what would be refused for certain: a refusal is on record, and holds the version."""
    parts = await visitor.upstream.parts(
        visitor.asker, {"environments": ENVIRONMENTS, "criteria": CRITERIA}
    )
    empty = [one for one in ("version", "environment") if not values.get(one, "").strip()]
    empty += lacking_proofs(values, parts["environments"], parts["criteria"])
    no_links = [one for one in PROOFS if values.get(one, "").strip() and not is_link(values[one])]
    return [
        *(Violation(one, NEEDED) for one in empty),
        *(Violation(one, NO_LINK) for one in no_links),
    ]


async def _page(request: Request, visitor: Visitor, form: Form) -> Response:
    product, version = form.value("product").strip(), form.value("version").strip()
    parts = await visitor.upstream.parts(visitor.asker, _gets(product, version))
    shown = asking(parts.by_name, product, version)
    return page(
        request,
        visitor,
        "deliveries/new.html",
        parts,
        status=max(form.status, status_of_part(parts["products"])),
        asking=shown,
        form=form,
        proofs=PROOFS,
        lifecycles=LIFECYCLES,
    )


def _gets(product: str, version: str) -> dict[str, Get]:
    wanted = {
        "products": Get("delivery-gate", "/v1/products", MOST),
        "environments": ENVIRONMENTS,
        "criteria": CRITERIA,
    }
    if product:
        of_product = {"product": product}
        wanted["versions"] = Get("delivery-gate", "/v1/versions", MOST | of_product)
    if product and version:
        ref = quote(f"{product}:{version}", safe="")
        wanted["version"] = Get("delivery-gate", f"/v1/versions/{ref}")
        about = of_product | {"version": version}
        wanted["follow_ups"] = Get("delivery-gate", "/v1/follow-ups", MOST | about)
    return wanted
