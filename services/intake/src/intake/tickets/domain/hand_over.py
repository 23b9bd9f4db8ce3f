"""The hand-over record: what OPS found before somebody else takes a ticket over (R5). Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from intake.tickets.domain.ticket import HandoverTarget


@dataclass(frozen=True, slots=True)
class HandOver:
    """What was seen, what was tried and what is excluded; `by` is a `sub`, `partner` a key."""

    id: UUID
    ticket_id: UUID
    by: str
    at: datetime
    to: HandoverTarget
    partner: str | None
    seen: str
    tried: str
    excluded: str
