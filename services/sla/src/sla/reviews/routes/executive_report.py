"""The leadership report: all customers' months beside each other, for staff that leads."""

from typing import Annotated

from fastapi import Query, Request, Response

from common.auth import Caller, requires
from common.http import router
from common.persistence.database import Transaction, transaction_time
from sla.reviews.documents import executive_report as leadership_paper
from sla.reviews.executive_report import drawn_for_leaders
from sla.reviews.routes.formats import FORMS, FormQuery, in_form
from sla.reviews.schemas.requests import month_asked
from sla.reviews.schemas.responses import LeadershipTold, leadership_told

routes = router("/v1/leadership-report", tags=["reviews"])


@routes.get("", response_model=LeadershipTold, responses=FORMS)
async def show_leadership_report(
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("leadership:read")],
    month: Annotated[str, Query(max_length=20, examples=["2026-06"])],
    form: FormQuery = None,
) -> Response:
    """As known now; each customer's month begins and ends in the customer's own zone."""
    report = await drawn_for_leaders(tx, month_asked(month), await transaction_time(tx))
    paper = leadership_paper.paper(report)
    return await in_form(request, form, leadership_told(report), paper)
