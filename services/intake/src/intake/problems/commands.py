"""Open problems and store their changes with an event and an audit entry, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from common.domain import Actor
from common.persistence.database import Connection
from intake.directory.inherited import inherited_environment
from intake.problems import store
from intake.problems.domain import Problem
from intake.tickets.commands import open_ticket
from intake.tickets.domain.new_ticket import TicketRequest, TicketScope
from intake.tickets.domain.prioritisation import PriorityAssessment
from intake.tickets.domain.ticket import Ticket


async def open_problem(
    tx: Connection,
    title: str,
    symptoms: str,
    incidents: Sequence[Ticket],
    actor: Actor,
    at: datetime,
) -> tuple[Ticket, Problem]:
    """Open a ticket of kind problem like the first of its incidents, with the record of the problem.

    The symptoms are no description: that customer would read them, and the problem may be that of several.
    """
    first = incidents[0]
    assert first.customer_id is not None, "checked by the route"
    assert first.customer is not None, "it has its customer's id"
    environment = await inherited_environment(tx, first.environment)
    request = TicketRequest(
        "problem",
        title,
        "staff",
        PriorityAssessment(first.priority, first.impact, first.urgency),
        service=first.service,
        scope=TicketScope(first.customer_id, first.customer, environment),
    )
    ticket = await open_ticket(tx, request, actor, at)
    problem = Problem(ticket.id, symptoms)
    await store.add(tx, problem)
    await store.link(tx, ticket.id, [one.id for one in incidents], actor.sub, at)
    return ticket, problem
