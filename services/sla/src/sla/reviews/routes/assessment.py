"""The route by which a person writes the assessment at the head of a review."""

from typing import Annotated

from fastapi import Request

from common.audit import Entry, record
from common.auth import Caller, requires
from common.http import ResponseModel, Transaction, router
from common.persistence.database import transaction_time
from sla.directory.store.people import names_of_accounts
from sla.path_parameters import ReviewRef
from sla.reviews import commands
from sla.reviews.documents.assessment import assess, shown_assessment
from sla.reviews.languages import load_formats
from sla.reviews.routes.publication import lock_review
from sla.reviews.schemas.requests import AssessmentUpdate
from sla.reviews.store import reviews

routes = router("/v1/reviews", tags=["reviews"])


class AssessmentRead(ResponseModel):
    """`computed` is what the figures say, in the customer's language; `assessment_by` is null while that is what stands there."""

    assessment: list[str]
    assessment_by: str | None
    computed: list[str]


@routes.put("/{review}/assessment")
async def update_assessment(
    name: ReviewRef,
    body: AssessmentUpdate,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("reviews:write")],
) -> AssessmentRead:
    """Replace the assessment of a review's draft. Editions stay as they are, and another person than the
    author publishes it."""
    review = await lock_review(tx, name, caller, request)
    at = await transaction_time(tx)
    names = await names_of_accounts(tx, [caller.sub])
    author = (caller.sub, names.get(caller.sub, caller.sub))
    await commands.write_assessment(tx, review, body.paragraphs, author)
    grounds = {"paragraphs": len(body.paragraphs)}
    subject = f"review/{review.id}"
    await record(tx, Entry.by(caller.actor, at, "review.assessment", subject, grounds))
    draft = await reviews.get_draft(tx, review.id)
    formats = await load_formats(tx, review, draft, None)
    return AssessmentRead(
        assessment=list(shown_assessment(draft, formats)),
        assessment_by=draft.assessment_by,
        computed=list(assess(draft, formats)),
    )
