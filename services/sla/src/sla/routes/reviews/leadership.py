"""The leadership report: all customers' months beside each other, for staff that leads."""

from typing import Annotated

from fastapi import Query, Request, Response

from common.database import Transaction, moment
from common.http import router
from common.people import Caller, needs
from sla.leading import drawn_for_leaders
from sla.reviews import leadership_paper
from sla.routes.reviews.asked import month_asked
from sla.routes.reviews.forms import FORMS, FormQuery, in_form
from sla.routes.reviews.told import LeadershipTold, leadership_told

routes = router("/v1/leadership-report", tags=["reviews"])


@routes.get("", response_model=LeadershipTold, responses=FORMS)
async def show_leadership_report(
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, needs("leadership:read")],
    month: Annotated[str, Query(max_length=20, examples=["2026-06"])],
    form: FormQuery = None,
) -> Response:
    """As known now; each customer's month begins and ends in the customer's own zone."""
    report = await drawn_for_leaders(tx, month_asked(month), await moment(tx))
    paper = leadership_paper.paper(report)
    return await in_form(request, form, leadership_told(report), paper)
