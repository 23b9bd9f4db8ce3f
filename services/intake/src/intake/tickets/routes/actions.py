"""Moving a ticket: assign, work around, wait, resume, resolve, verify, reject, close, reopen, merge."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import Response
from pydantic import Field

from common.errors import Invalid, Violation
from common.events.tickets import (
    TicketAssigned,
    TicketClosed,
    TicketMerged,
    TicketOnHold,
    TicketRejected,
    TicketReopened,
    TicketReplied,
    TicketResolved,
    TicketResumed,
    TicketVerified,
    TicketWorkaroundProvided,
)
from common.http import Asked, router
from common.persistence.database import moment
from common.persistence.ids import uuid7
from intake.directory import store as directory
from intake.tickets.commands import Fact, fact
from intake.tickets.dependencies import Desk, Verifying, Working, seen
from intake.tickets.domain import transitions
from intake.tickets.domain.message import Message, asks_the_customer
from intake.tickets.domain.ticket import Ticket, Waiting
from intake.tickets.schemas.responses import TicketShown
from intake.tickets.store import messages, tickets

routes = router("/v1/tickets", ["ticket moves"])

Words = Annotated[str, Field(min_length=1, max_length=10_000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Nothing(Asked):
    """A move that needs no words may still say why."""

    reason: Annotated[str, Field(max_length=10_000)] | None = None


NOTHING: Final = Nothing()


class Assignment(Asked):
    """`to` is the `sub` of a member of staff."""

    to: Name
    team: Name | None = None


class Workaround(Asked):
    """`text`: how to go on working until the issue is resolved; the customer reads it."""

    text: Words


class Pause(Asked):
    """Waiting on the customer needs a question that they can see."""

    waiting_on: Waiting
    reason: Words
    question: Words | None = None


class Resolution(Asked):
    resolution: Words


class Reason(Asked):
    reason: Words


class Merger(Asked):
    """`into` is the id or key of the ticket that survives."""

    into: Annotated[str, Field(min_length=1, max_length=40)]


@routes.post("/{ref}/assign", response_model=TicketShown)
async def assign(desk: Working, asked: Assignment) -> Response:
    """Give the work to somebody."""
    if asked.to != desk.caller.sub and await directory.PEOPLE.find(desk.tx, asked.to) is None:
        unknown = f"nobody is known as {asked.to}; register them at /v1/people"
        raise Invalid([Violation("/to", "unknown_person", unknown)])
    return await desk.act(
        "assign",
        lambda ticket, at: transitions.assign(ticket, asked.to, asked.team),
        fact(TicketAssigned, team=asked.team),
        to=asked.to,
        team=asked.team,
    )


@routes.post("/{ref}/workaround", response_model=TicketShown)
async def work_around(desk: Working, asked: Workaround) -> Response:
    """Tell the customer how to go on working: one that they do not know of would be none."""
    before = await desk.ticket()
    at = await moment(desk.tx)
    after = transitions.work_around(before)
    told = _said(desk, before, asked.text, at)
    if isinstance(after, Ticket):
        await messages.add(desk.tx, told)
    return await desk.conclude(
        "work_around",
        before,
        after,
        at,
        fact(TicketReplied, message_id=told.id),
        fact(TicketWorkaroundProvided, message_id=told.id),
        message_id=str(told.id),
    )


@routes.post("/{ref}/hold", response_model=TicketShown)
async def wait(desk: Working, asked: Pause) -> Response:
    """Wait for the customer, the partner or second level."""
    before = await desk.ticket()
    at = await moment(desk.tx)
    last = await messages.last_public(desk.tx, before.id)
    is_asked = asked.question is not None or asks_the_customer(last)
    after = transitions.wait(before, asked.waiting_on, asked=is_asked)
    facts = [fact(TicketOnHold, waiting_on=asked.waiting_on)]
    if asked.question is not None and isinstance(after, Ticket):
        facts.insert(0, await _ask(desk, before, asked.question, at))
    return await desk.conclude(
        "wait", before, after, at, *facts, on=asked.waiting_on, reason=asked.reason
    )


async def _ask(desk: Desk, ticket: Ticket, words: str, at: datetime) -> Fact:
    """Put our question on the ticket, where the customer sees it."""
    question = _said(desk, ticket, words, at)
    await messages.add(desk.tx, question)
    return fact(TicketReplied, message_id=question.id)


def _said(desk: Desk, ticket: Ticket, words: str, at: datetime) -> Message:
    """What the customer reads."""
    return Message(uuid7(), ticket.id, "public", "outbound", desk.caller.sub, words, at)


@routes.post("/{ref}/resume", response_model=TicketShown)
async def resume(desk: Working, asked: Nothing = NOTHING) -> Response:
    """Go on with a ticket that waited."""
    return await desk.act(
        "resume",
        lambda ticket, at: transitions.resume(ticket),
        lambda before: fact(TicketResumed, waited_on=before.waiting_on),
        reason=asked.reason,
    )


@routes.post("/{ref}/resolve", response_model=TicketShown)
async def resolve(desk: Working, asked: Resolution) -> Response:
    """Say that the issue is solved; another person must verify it (R1)."""
    return await desk.act(
        "resolve",
        lambda ticket, at: transitions.resolve(ticket, desk.caller.sub, at, asked.resolution),
        fact(TicketResolved),
    )


@routes.post("/{ref}/verify", response_model=TicketShown)
async def verify(desk: Verifying, asked: Nothing = NOTHING) -> Response:
    """Confirm a resolution of somebody else (R1)."""
    return await desk.act(
        "verify",
        lambda ticket, at: transitions.verify(ticket, desk.caller.sub, at),
        lambda before: fact(
            TicketVerified, resolved_by=before.resolved_by, resolved_at=before.resolved_at
        ),
        reason=asked.reason,
    )


@routes.post("/{ref}/reject", response_model=TicketShown)
async def reject(desk: Verifying, asked: Reason) -> Response:
    """Do not accept a resolution of somebody else; the ticket is open again."""
    return await desk.act(
        "reject",
        lambda ticket, at: transitions.reject(ticket, desk.caller.sub),
        lambda before: fact(TicketRejected, resolved_by=before.resolved_by),
        reason=asked.reason,
    )


@routes.post("/{ref}/close", response_model=TicketShown)
async def close(desk: Working, asked: Nothing = NOTHING) -> Response:
    """Close a verified ticket."""
    return await desk.act(
        "close",
        lambda ticket, at: transitions.close(ticket, at),
        fact(TicketClosed),
        reason=asked.reason,
    )


@routes.post("/{ref}/reopen", response_model=TicketShown)
async def reopen(desk: Working, asked: Reason) -> Response:
    """The issue is back, or was never gone."""
    return await desk.act(
        "reopen",
        lambda ticket, at: transitions.reopen(ticket),
        fact(TicketReopened),
        reason=asked.reason,
    )


@routes.post("/{ref}/merge", response_model=TicketShown)
async def merge(desk: Working, asked: Merger) -> Response:
    """Fold a duplicate into the ticket that survives."""
    _, other = await tickets.lock_both(desk.tx, desk.ref, asked.into)
    into = seen(desk.caller, other, asked.into)
    return await desk.act(
        "merge",
        lambda ticket, at: transitions.merge(ticket, into),
        fact(TicketMerged, into_id=into.id, into=into.key),
        into=into.key,
    )
