"""Request and response models of problems and suggestions."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from common.domain.allowed_act import AllowedAct
from common.http import Allowed, RequestModel, ResponseModel, to_allowed
from common.http.fields import VISIBLE
from intake.problems.domain import Cause, CauseMethod, ProblemState, VerifiedTier
from intake.tickets.domain.new_ticket import MAX_TITLE_CHARS
from intake.tickets.schemas.fields import Words

TicketRef = Annotated[str, Field(min_length=1, max_length=40)]


class ProblemCreate(RequestModel):
    """A problem behind `incidents` (keys of tickets): customer, service and environment are the first one's.

    That customer reads the `title`. `symptoms` is how one recognises it, for staff; new tickets with these words are offered
    its workaround.
    """

    title: Annotated[str, Field(min_length=1, max_length=MAX_TITLE_CHARS, pattern=VISIBLE)]
    symptoms: Words
    incidents: Annotated[list[TicketRef], Field(min_length=1, max_length=200)]


class Incidents(RequestModel):
    """Tickets that the problem causes, by key."""

    incidents: Annotated[list[TicketRef], Field(min_length=1, max_length=200)]


class Why(RequestModel):
    """One of five whys."""

    question: Words
    answer: Words


class Moment(RequestModel):
    """What happened when, as one step of a timeline."""

    at: datetime
    what: Words


class CauseUpdate(RequestModel):
    """The root cause, and either `whys` (one to ten) or a `timeline` that leads to it."""

    root_cause: Words
    whys: Annotated[list[Why], Field(min_length=1, max_length=10)] | None = None
    timeline: Annotated[list[Moment], Field(min_length=1, max_length=100)] | None = None

    @model_validator(mode="after")
    def _exactly_one_way(self) -> "CauseUpdate":
        if (self.whys is None) == (self.timeline is None):
            raise PydanticCustomError("cause_unclear", "give either `whys` or a `timeline`")
        return self

    def to_cause(self) -> Cause:
        """The cause, by the method that was used."""
        steps = [one.model_dump(mode="json") for one in self.whys or self.timeline or ()]
        return Cause("five_whys" if self.whys else "timeline", steps, self.root_cause)


class WorkaroundUpdate(RequestModel):
    """How to go on until the problem is fixed."""

    workaround: Words


class FixRequest(RequestModel):
    """`change_request` is the key of the ticket of that kind that fixes it."""

    change_request: TicketRef


class BacklogItem(RequestModel):
    """The number that the fix has in the product owner's backlog."""

    reference: Annotated[str, Field(min_length=1, max_length=100, pattern=VISIBLE)]


class FixVerification(RequestModel):
    """Where the fix was verified, and what was `checked`: staging first, then production."""

    tier: VerifiedTier
    checked: Words


class GivingUp(RequestModel):
    """Why the problem will not be fixed."""

    reason: Words


class ProblemRead(ResponseModel):
    """A problem; `key` is its ticket's, `incidents` and `change_request` are keys of tickets.

    `cause_steps` have `question` and `answer` (five whys), or `at` and `what` (timeline). It is `fixed`
    once two verifications by others than who asked for the fix stand here. `given_up_reason` is why it will
    not be fixed, once another person has confirmed that.
    """

    key: str
    title: str
    customer: str | None
    service: str | None
    state: ProblemState
    symptoms: str
    incidents: list[str]
    method: CauseMethod | None
    cause_steps: list[dict[str, Any]]
    root_cause: str | None
    cause_by: str | None
    cause_at: datetime | None
    workaround: str | None
    workaround_by: str | None
    workaround_at: datetime | None
    change_request: str | None
    fix_by: str | None
    fix_at: datetime | None
    backlog_reference: str | None
    backlog_by: str | None
    staging_checked: str | None
    staging_verified_by: str | None
    staging_verified_at: datetime | None
    production_checked: str | None
    production_verified_by: str | None
    production_verified_at: datetime | None
    given_up_reason: str | None
    given_up_by: str | None
    given_up_at: datetime | None
    given_up_confirmed_by: str | None
    given_up_confirmed_at: datetime | None


class PendingGivingUp(ResponseModel):
    """Somebody has asked to give the problem up; another person has to confirm that."""

    requested_by: str
    requested_at: datetime
    reason: str


class ProblemDetail(ProblemRead):
    """A problem with the `names` of the people in it, and what the caller may do with it now (`allowed`).

    `is_given_up`: by two people since its ticket last came back. `pending_giving_up`: one of them has asked.
    """

    is_given_up: bool
    pending_giving_up: PendingGivingUp | None
    names: dict[str, str]
    allowed: list[Allowed]

    @classmethod
    def of(
        cls,
        problem: ProblemRead,
        names: Mapping[str, str],
        acts: Iterable[AllowedAct],
        *,
        is_given_up: bool,
        is_pending: bool,
    ) -> "ProblemDetail":
        """The problem as it is read by itself; `is_pending`: one person wants to give it up."""
        pending = None
        if is_pending:
            pending = {
                "requested_by": problem.given_up_by,
                "requested_at": problem.given_up_at,
                "reason": problem.given_up_reason,
            }
        more = {"is_given_up": is_given_up, "pending_giving_up": pending}
        return cls.model_validate(
            dict(problem) | more | {"names": names, "allowed": to_allowed(acts)}
        )


class ProblemSummary(ResponseModel):
    """A problem in a list."""

    key: str
    title: str
    customer: str | None
    service: str | None
    state: ProblemState
    workaround: str | None


class KnownErrorRead(ResponseModel):
    """A problem that a ticket looks like, with its workaround; they share so many words (`shared`)."""

    key: str
    title: str
    service: str | None
    state: ProblemState
    root_cause: str | None
    workaround: str
    workaround_at: datetime
    shared: int


class Suggestions(ResponseModel):
    """What may help with a ticket, the closest first."""

    known_errors: list[KnownErrorRead]
