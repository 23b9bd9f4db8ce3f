"""One ticket with its description, the people on it, and what the caller may do now."""

from collections.abc import Iterable, Mapping

from common.auth import Caller
from common.domain.allowed_act import AllowedAct
from common.http import Allowed, to_allowed
from intake.tickets.domain.ticket import Ticket
from intake.tickets.schemas.responses import TicketForContact, TicketRead, to_response


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
        allowed=to_allowed(acts),
    )
