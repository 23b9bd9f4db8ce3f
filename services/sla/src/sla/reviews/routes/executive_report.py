"""The route of the leadership report: the months of all customers side by side."""

from typing import Annotated

from fastapi import Query, Request, Response

from common.auth import Caller, requires
from common.http import Transaction, router
from common.persistence.database import transaction_time
from sla.rendering.words import Language
from sla.reviews.documents import executive_report as leadership_document
from sla.reviews.documents.review_words import Formats
from sla.reviews.executive_report import generate_leadership_report
from sla.reviews.routes.formats import FORMAT_RESPONSES, FormatQuery, render_response
from sla.reviews.schemas.requests import month_from_request
from sla.reviews.schemas.responses import LeadershipReportRead, to_leadership_response

routes = router("/v1/leadership-report", tags=["reviews"])


@routes.get("", response_model=LeadershipReportRead, responses=FORMAT_RESPONSES)
async def get_leadership_report(
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("leadership:read")],
    month: Annotated[str, Query(max_length=20, examples=["2026-06"])],
    requested_format: FormatQuery = None,
    language: Annotated[Language | None, Query(description="By default English.")] = None,
) -> Response:
    """Get the leadership report over all customers, as known now. Each customer's month begins and
    ends in the customer's own zone."""
    report = await generate_leadership_report(
        tx, month_from_request(month), await transaction_time(tx)
    )
    spoken = language or "en"
    document = leadership_document.build_document(report, spoken)
    model = to_leadership_response(report, Formats.of(spoken, leadership_document.UTC_NAME))
    return await render_response(request, requested_format, model, document)
