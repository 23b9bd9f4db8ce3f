"""How every change of a ticket is asked for: load it locked, decide, store, announce, answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeAlias

from fastapi import Depends, Path, Request, Response

from common.audit import JSON
from common.auth import Caller, needs
from common.errors import Conflict, NotFound, Problem
from common.http import answer, if_match, set_etag
from common.persistence.database import Connection, Transaction, moment
from intake.tickets.commands import By, Fact, record, record_denied
from intake.tickets.domain.rejection import Refusal
from intake.tickets.domain.ticket import Ticket
from intake.tickets.schemas.responses import shown_to
from intake.tickets.store import tickets

Ref: TypeAlias = Annotated[str, Path(max_length=40, description="The ticket's id or key.")]
Decide = Callable[[Ticket, datetime], Ticket | Refusal]
Tell = Fact | Callable[[Ticket], Fact]
"""What is told of a change; where it depends on the ticket, on the one before."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One request about one ticket: who asks, what it is called, and the transaction."""

    ref: str
    request: Request
    caller: Caller
    tx: Connection

    @property
    def by(self) -> By:
        return By(self.caller.sub, self.caller.behind)

    async def ticket(self) -> Ticket:
        """The ticket, locked; as the caller has seen it, where they say what they have seen."""
        ticket = seen(self.caller, await tickets.lock(self.tx, self.ref), self.ref)
        if_match(self.request, ticket.sequence, shown_to(self.caller, ticket))
        return ticket

    async def act(self, action: str, decide: Decide, *tell: Tell, **grounds: JSON) -> Response:
        """Change the ticket as `decide` says; answer its new state, or why not."""
        before = await self.ticket()
        at = await moment(self.tx)
        return await self.conclude(action, before, decide(before, at), at, *tell, **grounds)

    async def conclude(
        self,
        action: str,
        before: Ticket,
        outcome: Ticket | Refusal,
        at: datetime,
        *tell: Tell,
        **grounds: JSON,
    ) -> Response:
        """Store and tell what was decided. A refusal leaves its trace in the audit trail, too."""
        if isinstance(outcome, Refusal):
            await record_denied(self.tx, before, self.by, at, f"ticket.{action}", outcome)
            return answer(problem_of(outcome))
        facts = [one if isinstance(one, Fact) else one(before) for one in tell]
        kept = await record(
            self.tx, before, outcome, self.by, at, f"ticket.{action}", *facts, grounds=grounds
        )
        return shown(self.caller, kept)


def seen(caller: Caller, ticket: Ticket | None, ref: str) -> Ticket:
    """The ticket, if it exists for this caller. Raises NotFound."""
    if ticket is not None and caller.customer in {None, ticket.customer}:
        return ticket
    raise NotFound(f"Ticket {ref}")


def problem_of(why: Refusal) -> Problem:
    if why.code == "four-eyes":
        return Problem(why.code, "Two people are needed", 403, why.detail)
    return Conflict(why.detail, type=why.code)


def shown(caller: Caller, ticket: Ticket, status: int = 200) -> Response:
    told = shown_to(caller, ticket).model_dump_json()
    response = Response(told, status, media_type="application/json")
    set_etag(response, ticket.sequence)
    return response


async def _of_worker(
    ref: Ref, request: Request, caller: Annotated[Caller, needs("tickets:work")], tx: Transaction
) -> Desk:
    return Desk(ref, request, caller, tx)


async def _of_verifier(
    ref: Ref, request: Request, caller: Annotated[Caller, needs("tickets:verify")], tx: Transaction
) -> Desk:
    return Desk(ref, request, caller, tx)


async def _of_writer(
    ref: Ref, request: Request, caller: Annotated[Caller, needs("tickets:reply")], tx: Transaction
) -> Desk:
    return Desk(ref, request, caller, tx)


Working = Annotated[Desk, Depends(_of_worker)]
Verifying = Annotated[Desk, Depends(_of_verifier)]
Writing = Annotated[Desk, Depends(_of_writer)]
