"""What OPS tells whoever takes a ticket over, so that nothing is looked up twice (R5). Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from intake.tickets.domain.ticket import HandoverTarget


@dataclass(frozen=True, slots=True)
class HandOver:
    """What was seen, what was tried, what is excluded; `partner` is a key."""

    id: UUID
    ticket_id: UUID
    by: str
    at: datetime
    to: HandoverTarget
    partner: str | None
    seen: str
    tried: str
    excluded: str
