"""Announce what has waited too long for a second person, and what waits no more (R1)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, get_args

from common.events.second_eyes import SecondEyesEvent, SecondEyesGiven, SecondEyesOverdue
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, Database, transaction_time
from common.persistence.ids import uuid7
from common.waiting import WaitingSource
from intake.second_eyes import store
from intake.second_eyes.store import OverdueSecondEyes
from intake.tickets.domain.second_eyes import PATIENCE, EscalatedKind

BATCH_SIZE: Final = 50
"""Waits that one transaction announces, and of those that it ends."""
_ESCALATED_OTHERWISE: Final = frozenset({*get_args(EscalatedKind), "confirm_blocker"})
"""Kinds with a deadline on their ticket; and a blocker, for which escalation pages at once."""
_NOT_ESCALATED: Final = frozenset({"confirm_contact"})
"""Until then a contact counts for who registered them, which hides nothing; and a file registers thousands."""


def escalated_here(sources: Sequence[WaitingSource]) -> tuple[WaitingSource, ...]:
    """Those for which our own people are told here: they wait for another person, and are told of nowhere else."""
    others = _ESCALATED_OTHERWISE | _NOT_ESCALATED
    return tuple(
        one
        for one in sources
        if one.not_by != "NULL" and one.audience == "staff" and one.kind not in others
    )


def with_patience(source: WaitingSource) -> WaitingSource:
    """The source with when it is escalated as its due time, where it has none of its own."""
    if source.due_at != "NULL":
        return source
    patience = f"interval '{PATIENCE.total_seconds():.0f} seconds'"
    return replace(source, due_at=f"({source.since}) + {patience}")


async def look(database: Database, sources: tuple[WaitingSource, ...]) -> bool:
    """One look. Whether there may be more; False also while another replica looks."""
    async with database.transaction() as tx:
        if not await store.lock_looking(tx):
            return False
        announced = await _announce(tx, sources)
        return BATCH_SIZE in {announced, await _end(tx, sources)}


async def _announce(tx: Connection, sources: tuple[WaitingSource, ...]) -> int:
    at = await transaction_time(tx)
    found = await store.list_overdue(tx, sources, at - PATIENCE, at, BATCH_SIZE)
    overdue = [
        OverdueSecondEyes(uuid7(), one.kind, one.id, one.key, one.customer, one.since, at)
        for one in found
    ]
    await store.add(tx, overdue)
    await publish(tx, *(OutboxEvent(_event(SecondEyesOverdue, one), 1) for one in overdue))
    return len(overdue)


async def _end(tx: Connection, sources: tuple[WaitingSource, ...]) -> int:
    at = await transaction_time(tx)
    given = await store.list_given(tx, sources, at, BATCH_SIZE)
    for one in given:
        ended = replace(one, given_at=at, sequence=one.sequence + 1)
        await store.save(tx, ended)
        await publish(tx, OutboxEvent(_event(SecondEyesGiven, ended), ended.sequence))
    return len(given)


def _event(kind: type[SecondEyesEvent], one: OverdueSecondEyes) -> SecondEyesEvent:
    return kind(
        at=one.given_at or one.announced_at,
        wait_id=one.id,
        waits_for=one.kind,
        about=one.key,
        customer=one.customer,
        since=one.since,
    )
