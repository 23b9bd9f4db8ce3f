"""Whatever is killed under load: what was acknowledged is there, once, and told of, once, in order."""

import asyncio

import pytest

from tests.faults import fault_injection
from tests.faults.conftest import BEFORE, RATE, SECONDS, Broken, broken_under_load
from tests.faults.fault_injection import Break

SHORT_RATE, SHORT_SECONDS = 30, 12.0


async def test_every_service_killed_in_turn_loses_nothing(one: Broken) -> None:
    """The short form of the runs below."""
    breaks = fault_injection.every_service_killed
    found = await broken_under_load(one, breaks, "services killed", SHORT_RATE, SHORT_SECONDS)
    assert found == []


async def test_a_killed_broker_stops_no_intake_and_loses_nothing(one: Broken) -> None:
    load = asyncio.create_task(one.load(SHORT_RATE, SHORT_SECONDS).run())
    await asyncio.sleep(BEFORE)
    await fault_injection.broker_killed(one.site)
    told = await load
    unanswered = told.answers["open no answer"] + told.answers["work no answer"]
    good = sum(told.answers[n] for n in ("open 201", "work 200", "work 201", "work 409"))
    # A caller waits 3 s at most; a broker that starts beside takes the machine for a moment.
    assert good + unanswered == told.answers.total(), told.answers
    assert unanswered <= told.answers.total() // 100
    assert await one.judged("broker killed", told) == []


async def test_a_killed_database_loses_nothing(one: Broken) -> None:
    breaks = fault_injection.postgres_killed
    assert await broken_under_load(one, breaks, "database killed", SHORT_RATE, SHORT_SECONDS) == []


LONG = [
    *(
        (fault_injection.service_killed(name), f"{name} killed")
        for name in ("intake", "sla", "escalation", "delivery-gate")
    ),
    (fault_injection.broker_killed, "broker killed"),
    (fault_injection.postgres_killed, "database killed"),
    (fault_injection.handlers_slowed, "handlers slow"),
    (fault_injection.kafka_missing_at_the_start, "Kafka missing at the start"),
]


@pytest.mark.long
@pytest.mark.parametrize(("break_it", "name"), LONG, ids=[name for _, name in LONG])
async def test_nothing_is_lost_and_nothing_happens_twice(
    one: Broken, break_it: Break, name: str
) -> None:
    assert await broken_under_load(one, break_it, name, RATE, SECONDS) == []


@pytest.mark.long
async def test_every_record_delivered_twice_takes_effect_once(one: Broken) -> None:
    doubler = asyncio.create_task(fault_injection.everything_twice(one.site))
    told = await one.load(RATE, SECONDS).run()
    found = await one.judged("every record twice", told)
    doubler.cancel()
    await asyncio.gather(doubler, return_exceptions=True)
    assert found == []
