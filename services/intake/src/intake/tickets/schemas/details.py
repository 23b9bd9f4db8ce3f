"""One ticket with its description, the people on it, and what the caller may do now."""

from collections.abc import Iterable, Mapping

from common.auth import Caller
from common.http import ResponseModel
from intake.tickets.domain.acts import AllowedAct
from intake.tickets.domain.ticket import Ticket
from intake.tickets.schemas.responses import TicketForContact, TicketRead, to_response


class WhyNot(ResponseModel):
    """Why an act is not possible now: a stable `code` with its `parameters`, and the same in words."""

    code: str
    parameters: dict[str, str]
    detail: str


class Allowed(ResponseModel):
    """An act on the ticket, and whether the caller may do it now. `why_not` is null where they may."""

    act: str
    possible: bool
    why_not: WhyNot | None


class TicketDetail(TicketRead):
    """A ticket with its description, the `names` of the people that it names, and what may be done now."""

    description: str | None
    names: dict[str, str]
    allowed: list[Allowed]


class TicketDetailForContact(TicketForContact):
    """The same as the customer's contacts read it."""

    description: str | None
    names: dict[str, str]
    allowed: list[Allowed]


AnyTicketDetail = TicketDetail | TicketDetailForContact


def to_detail_response(
    caller: Caller,
    ticket: Ticket,
    description: str | None,
    names: Mapping[str, str],
    acts: Iterable[AllowedAct],
) -> AnyTicketDetail:
    """The ticket with its description, as this caller may read it."""
    values = to_response(caller, ticket).model_dump()
    model = TicketDetail if caller.customer is None else TicketDetailForContact
    return model(
        **values,
        description=description,
        names=dict(names),
        allowed=[_to_allowed(act) for act in acts],
    )


def _to_allowed(act: AllowedAct) -> Allowed:
    if act.why_not is None:
        return Allowed(act=act.act, possible=True, why_not=None)
    why_not = WhyNot(
        code=act.why_not.lower(), parameters=dict(act.parameters), detail=act.detail or ""
    )
    return Allowed(act=act.act, possible=False, why_not=why_not)
