"""`/agreements/{id}/trial`: what a version would have changed for the tickets of the last days, before it is signed."""

from typing import Final
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.agreements.trial_view import Trial, trial_of
from console.forms import form as forms
from console.forms.form import Form
from console.language.marked import marked
from console.permitted import WRITE_AGREEMENTS
from console.upstream.client import Get
from console.upstream.part import Here
from console.upstream.problems import Done, Violation
from console.visits.pages import not_permitted, not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

TICKETS: Final = 200
"""So many are counted within the time of a form."""
MOST_DIGITS: Final = 4
MOST_DAYS: Final = 366
NO_DAYS: Final = marked("Write a number of days from 1 to 366.")
USUAL: Final = "30"
TRIAL: Final = marked("What would it change?")

routes = pages()


@routes.get("/agreements/{name}/trial")
async def show(request: Request, visitor: Visiting, name: str) -> Response:
    """Ask for how many days; with `days` show the result."""
    if visitor.is_contact:
        raise HTTPException(404)
    back = f"/agreements/{quote(name, safe='')}"
    if (refused := not_permitted(request, visitor, WRITE_AGREEMENTS, TRIAL, back)) is not None:
        return refused
    get = Get("sla", f"/v1/agreements/{quote(name, safe='')}")
    parts = await visitor.upstream.parts(visitor.asker, {"agreement": get})
    if (refused := not_shown(request, visitor, parts, "agreement", name)) is not None:
        return refused
    found = parts["agreement"]
    assert isinstance(found, Here)
    form, trial = await _try(request, visitor, found.data["id"])
    return page(
        request,
        visitor,
        "agreements/trial.html",
        parts,
        status=form.status,
        agreement=found.data,
        form=form,
        trial=trial,
    )


async def _try(request: Request, visitor: Visitor, id: str) -> tuple[Form, Trial | None]:
    asked = dict(request.query_params)
    days = asked.get("days", "").strip()
    if not days:
        return forms.blank(None, days=USUAL), None
    if not (
        days.isascii()
        and days.isdigit()
        and len(days) <= MOST_DIGITS
        and 0 < int(days) <= MOST_DAYS
    ):
        return forms.invalid(asked, None, Violation("days", NO_DAYS)), None
    cursor = f"?cursor={quote(asked['cursor'], safe='')}" if asked.get("cursor") else ""
    # It computes and changes nothing, so that it may be asked for again and again.
    outcome = await visitor.upstream.send(
        visitor.asker,
        "sla",
        "POST",
        f"/v1/agreements/{id}/simulate{cursor}",
        {"days": int(days), "tickets": TICKETS},
        key=forms.nonce_of({}),
    )
    if isinstance(outcome, Done):
        return forms.blank(None, **asked), trial_of(outcome.data, f"/agreements/{id}/trial", days)
    return forms.after(outcome, asked, None), None
