"""A request for a new ticket that waits for its batch."""

import asyncio
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import datetime

from common.domain import Actor, Rejection
from common.http.idempotency import IdempotencyKey
from intake.tickets.domain.new_ticket import TicketRequest
from intake.tickets.new_ticket_rows import build_rows
from intake.tickets.store.ticket_batch import NewTicketRows


class IdempotencyKeyReused(Exception):
    """The Idempotency-Key was used before, so nothing was stored."""

    def __init__(self, key: IdempotencyKey) -> None:
        super().__init__("this Idempotency-Key was used before")
        self.key = key


@dataclass(slots=True, eq=False)
class PendingTicket:
    """A request that waits for its ticket. Its rows are built in the context of its own trace."""

    request: TicketRequest
    actor: Actor
    key: IdempotencyKey | None
    context: Context = field(default_factory=copy_context)
    queued_at: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    result: "asyncio.Future[NewTicketRows | Rejection]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def build_rows(self, number: int, at: datetime) -> NewTicketRows:
        """The rows of the ticket with this number, opened at `at`."""
        return self.context.run(build_rows, self.request, self.actor, self.key, number, at)

    def fail(self, error: BaseException) -> None:
        """Raise the error where the ticket is waited for."""
        if not self.result.done():
            self.result.set_exception(error)

    def finish(self, outcome: NewTicketRows | Rejection) -> None:
        """Return the outcome where the ticket is waited for."""
        if not self.result.done():
            self.result.set_result(outcome)
