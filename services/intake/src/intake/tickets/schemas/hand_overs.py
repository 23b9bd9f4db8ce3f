"""Hand-over records as staff read them."""

from datetime import datetime
from uuid import UUID

from common.http import ResponseModel
from intake.tickets.domain.hand_over import HandOverEnd
from intake.tickets.domain.ticket import HandoverTarget


class HandOverRead(ResponseModel):
    """A hand-over record; people are `sub`s, `partner` is a key, `number` counts on the ticket.

    `asked` of whom took over, until `due_at`. `acknowledge_by` is null where no customer environment is
    affected; else `delivery_managers` and `product_owners` (empty: everybody with the role) acknowledge it.
    `found` came back; where it is `fixed`, another person checks whether the fix works. `ended_how` it ended
    where it did not come back.
    """

    id: UUID
    number: int
    by: str
    at: datetime
    to: HandoverTarget
    partner: str | None
    seen: str
    tried: str
    excluded: str
    asked: str
    due_at: datetime
    partner_reference: str | None
    delivery_managers: list[str]
    product_owners: list[str]
    acknowledge_by: datetime | None
    dm_acknowledged_by: str | None
    dm_acknowledged_at: datetime | None
    po_acknowledged_by: str | None
    po_acknowledged_at: datetime | None
    returned_by: str | None
    returned_at: datetime | None
    found: str | None
    fixed: bool
    fix_checked_by: str | None
    fix_checked_at: datetime | None
    fix_works: bool | None
    checked: str | None
    ended_at: datetime | None
    ended_how: HandOverEnd | None
