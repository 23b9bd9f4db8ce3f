"""The hand-over record: what OPS found before somebody else takes a ticket over, and what came of it (R5).

Pure. What affects a customer environment is acknowledged by the delivery manager of that customer and the
product owner of that product. A fix that comes back is checked by another person than who took it back.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from common.domain import Rejection
from intake.responsibilities.domain import ROLE_NAMES, ResponsibleRole
from intake.tickets.domain.ticket import HandoverTarget

HandOverEnd = Literal["resolved", "merged", "forwarded"]
ROLES: Final[tuple[ResponsibleRole, ...]] = ("dm", "po")


@dataclass(frozen=True, slots=True)
class HandOver:
    """One record; `by` and the other people are `sub`s, `partner` is a key, `number` counts on the ticket.

    `seen`, `tried`, `excluded`: by first level; `asked` and `due_at`: of whom takes over. `acknowledge_by`
    is None where nobody has to acknowledge. `found` and `fixed`: what came back. `ended_how` it ended where
    it did not come back: the ticket was resolved, merged, or forwarded once more.
    """

    id: UUID
    ticket_id: UUID
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
    partner_reference: str | None = None
    delivery_managers: tuple[str, ...] = ()
    product_owners: tuple[str, ...] = ()
    acknowledge_by: datetime | None = None
    dm_acknowledged_by: str | None = None
    dm_acknowledged_at: datetime | None = None
    po_acknowledged_by: str | None = None
    po_acknowledged_at: datetime | None = None
    returned_by: str | None = None
    returned_at: datetime | None = None
    found: str | None = None
    fixed: bool = False
    fix_checked_by: str | None = None
    fix_checked_at: datetime | None = None
    fix_works: bool | None = None
    checked: str | None = None
    ended_at: datetime | None = None
    ended_how: HandOverEnd | None = None

    @property
    def is_with_them(self) -> bool:
        """Whether whom it went to still has it: it neither came back nor ended otherwise."""
        return self.returned_at is None and self.ended_at is None

    def people(self, role: ResponsibleRole) -> tuple[str, ...]:
        """Who answers in this role, with deputies; empty: everybody with the role."""
        return self.delivery_managers if role == "dm" else self.product_owners

    @property
    def unacknowledged(self) -> tuple[ResponsibleRole, ...]:
        """The roles in which nobody has acknowledged yet what has to be."""
        if self.acknowledge_by is None:
            return ()
        given = {"dm": self.dm_acknowledged_by, "po": self.po_acknowledged_by}
        return tuple(role for role in ROLES if given[role] is None)

    @property
    def needs_check(self) -> bool:
        """Whether a fix came back that nobody has checked yet."""
        return self.fixed and self.fix_works is None and self.ended_at is None


def end(record: HandOver, how: HandOverEnd, at: datetime) -> HandOver:
    """The record after its ticket was resolved, merged or forwarded once more; one that is over stays as it is.

    A fix that came back and that nobody has checked is superseded by another hand-over alone: it is checked
    before the ticket is resolved, and waits where the ticket was merged by mistake.
    """
    is_superseded = how == "forwarded" and record.needs_check
    if record.is_with_them or is_superseded:
        return replace(record, ended_at=at, ended_how=how)
    return record


def acknowledge(
    record: HandOver, actor: str, roles: Collection[str], at: datetime
) -> HandOver | Rejection:
    """Acknowledge in each role in which the actor answers and nobody has acknowledged yet."""
    if record.acknowledge_by is None:
        return Rejection(
            "NOTHING_TO_ACKNOWLEDGE",
            "No customer environment is affected, so this hand-over needs no acknowledgement.",
        )
    if record.ended_how is not None:
        return Rejection(
            "NOTHING_TO_ACKNOWLEDGE",
            f"The ticket was {record.ended_how} meanwhile, so this hand-over needs no acknowledgement.",
        )
    if not record.unacknowledged:
        return Rejection(
            "ALREADY_ACKNOWLEDGED", "Somebody has acknowledged this hand-over already."
        )
    answers = [role for role in record.unacknowledged if _answers(record, role, actor, roles)]
    if not answers:
        return Rejection("NOT_RESPONSIBLE", _who_may(record))
    changes = {f"{role}_acknowledged_by": actor for role in answers}
    times = {f"{role}_acknowledged_at": at for role in answers}
    return replace(record, **changes, **times)  # type: ignore[arg-type]  # names of the two roles


def _answers(record: HandOver, role: ResponsibleRole, actor: str, roles: Collection[str]) -> bool:
    named = record.people(role)
    return actor in named if named else role in roles


def _who_may(record: HandOver) -> str:
    each = (
        f"as {ROLE_NAMES[role]}: {' or '.join(record.people(role)) or f'anybody with the role {role}'}"
        for role in record.unacknowledged
    )
    return f"You do not answer for this hand-over. Who may acknowledge it, {'; '.join(each)}."


def return_with(record: HandOver, actor: str, found: str, at: datetime, *, fixed: bool) -> HandOver:
    """The record of a ticket that came back, with what was found; `fixed`: they say that it works."""
    return replace(record, returned_by=actor, returned_at=at, found=found, fixed=fixed)


def check_fix(
    record: HandOver, actor: str, checked: str, at: datetime, *, works: bool
) -> HandOver | Rejection:
    """Record whether the fix that came back works, as another person than who took it back (R1)."""
    if not record.fixed:
        return Rejection(
            "NOTHING_FIXED",
            "Nobody said that this hand-over fixed it. Hand it back with `fixed` first.",
        )
    if record.fix_works is not None:
        return Rejection(
            "ALREADY_CHECKED", f"{record.fix_checked_by} has checked this fix already."
        )
    if actor == record.returned_by:
        return Rejection(
            "FOUR_EYES", f"{actor} took the fix back; another person must check that it works."
        )
    return replace(
        record, fix_checked_by=actor, fix_checked_at=at, fix_works=works, checked=checked
    )


def check_no_fix_waits(newest: HandOver | None) -> Rejection | None:
    """A rejection of resolving a ticket while a fix that came back is not checked, else None."""
    if newest is None or not newest.needs_check:
        return None
    return Rejection(
        "FIX_NOT_CHECKED",
        f"The fix of hand-over {newest.number} is not checked; another person than {newest.returned_by} must check it first, then resolve.",
        {"by": str(newest.returned_by)},
    )
