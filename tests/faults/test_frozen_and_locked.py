"""What hangs and does not die: servers that are frozen, tables that are locked, readers that fill a pool."""

import pytest

from tests.faults.conftest import RATE, SECONDS_BEFORE_FAULT, FaultSite, broken_under_load
from tests.faults.fault_injection import (
    InjectFault,
    exhaust_lists,
    freeze_broker,
    freeze_postgres,
    lock_tables,
)
from tests.faults.site import Site

SHORT_RATE, SHORT_S = 30, 3.0
"""Requests a second, and how long each fault of the short form lasts."""
FROZEN_S, LOCKED_S, EXHAUSTED_S = 30.0, 60.0, 42.0
LONG_RATE = RATE // 2
"""Callers who get no answer for so long wait for each other: more would only be refused."""
SECONDS_AFTERWARDS = 10.0
RECORDS = ("intake.tickets", "sla.clocks", "escalation.escalations", "delivery_gate.blockers")
SCHEMAS = ("intake", "sla", "escalation", "delivery_gate")


def _in_each_schema(*tables: str) -> tuple[str, ...]:
    return tuple(f"{schema}.{table}" for schema in SCHEMAS for table in tables)


QUEUES = _in_each_schema("outbox", "inbox", "deadlines")
KEYS = _in_each_schema("idempotency")
OFFSETS = _in_each_schema("consumed_offsets")
PARKED = _in_each_schema("parked")
NOTIFICATIONS = ("escalation.notifications", "intake.outgoing_mails")


async def test_what_hangs_for_seconds_loses_nothing(one: FaultSite) -> None:
    """The short form of the runs below, one fault after the other."""
    faults = (
        freeze_broker(SHORT_S),
        freeze_postgres(SHORT_S),
        lock_tables(*RECORDS, *QUEUES, seconds=SHORT_S),
        lock_tables(*KEYS, *OFFSETS, *PARKED, *NOTIFICATIONS, seconds=SHORT_S),
        exhaust_lists(SHORT_S),
    )

    async def all_of_them(site: Site) -> None:
        for break_it in faults:
            await break_it(site)

    seconds = SECONDS_BEFORE_FAULT + SHORT_S * (len(faults) + 1)
    assert await broken_under_load(one, all_of_them, "hanging", SHORT_RATE, seconds) == []


LONG: dict[str, tuple[InjectFault, float]] = {
    "broker frozen": (freeze_broker(FROZEN_S), FROZEN_S),
    "database frozen": (freeze_postgres(FROZEN_S), FROZEN_S),
    "records locked": (lock_tables(*RECORDS, seconds=LOCKED_S), LOCKED_S),
    "queues locked": (lock_tables(*QUEUES, seconds=LOCKED_S), LOCKED_S),
    # Each by itself: where one is held nobody gets as far as the next.
    "idempotency keys locked": (lock_tables(*KEYS, seconds=LOCKED_S), LOCKED_S),
    "consumed offsets locked": (lock_tables(*OFFSETS, seconds=LOCKED_S), LOCKED_S),
    "parked records locked": (lock_tables(*PARKED, seconds=LOCKED_S), LOCKED_S),
    "notifications and mails locked": (lock_tables(*NOTIFICATIONS, seconds=LOCKED_S), LOCKED_S),
    "lists' pool exhausted": (exhaust_lists(EXHAUSTED_S), EXHAUSTED_S),
}


@pytest.mark.long
@pytest.mark.parametrize("name", LONG)
async def test_what_hangs_for_long_loses_nothing(one: FaultSite, name: str) -> None:
    break_it, lasts = LONG[name]
    seconds = SECONDS_BEFORE_FAULT + lasts + SECONDS_AFTERWARDS
    assert await broken_under_load(one, break_it, name, LONG_RATE, seconds) == []
