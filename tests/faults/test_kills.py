"""Whatever is killed under load: what was acknowledged is there, once, and told of, once, in order."""

import asyncio

import pytest

from tests.faults import fault_injection
from tests.faults.conftest import RATE, SECONDS, SECONDS_BEFORE_FAULT, FaultSite, broken_under_load
from tests.faults.fault_injection import InjectFault

SHORT_RATE, SHORT_SECONDS = 30, 12.0


async def test_every_service_killed_in_turn_loses_nothing(one: FaultSite) -> None:
    """The short form of the runs below."""
    breaks = fault_injection.kill_every_service
    found = await broken_under_load(one, breaks, "services killed", SHORT_RATE, SHORT_SECONDS)
    assert found == []


async def test_a_killed_broker_stops_no_intake_and_loses_nothing(one: FaultSite) -> None:
    load = asyncio.create_task(one.load(SHORT_RATE, SHORT_SECONDS).run())
    await asyncio.sleep(SECONDS_BEFORE_FAULT)
    start = await fault_injection.kill_broker_for_good(one.site)
    responses = await load
    # Only now: a broker that starts takes the machine, and what is counted are our own answers.
    await start()
    unanswered = responses.answers["open no answer"] + responses.answers["work no answer"]
    good = sum(responses.answers[n] for n in ("open 201", "work 200", "work 201", "work 409"))
    # A caller waits 3 s at most.
    assert good + unanswered == responses.answers.total(), responses.answers
    assert unanswered <= responses.answers.total() // 100
    assert await one.check_history("broker killed", responses) == []


async def test_a_killed_database_loses_nothing(one: FaultSite) -> None:
    breaks = fault_injection.kill_postgres
    assert await broken_under_load(one, breaks, "database killed", SHORT_RATE, SHORT_SECONDS) == []


LONG = [
    *(
        (fault_injection.kill_service(name), f"{name} killed")
        for name in ("intake", "sla", "escalation", "delivery-gate")
    ),
    (fault_injection.kill_broker, "broker killed"),
    (fault_injection.kill_postgres, "database killed"),
    (fault_injection.slow_down_handlers, "handlers slow"),
    (fault_injection.start_without_kafka, "Kafka missing at the start"),
]


@pytest.mark.long
@pytest.mark.parametrize(("break_it", "name"), LONG, ids=[name for _, name in LONG])
async def test_nothing_is_lost_and_nothing_happens_twice(
    one: FaultSite, break_it: InjectFault, name: str
) -> None:
    assert await broken_under_load(one, break_it, name, RATE, SECONDS) == []


@pytest.mark.long
async def test_every_record_delivered_twice_takes_effect_once(one: FaultSite) -> None:
    doubler = asyncio.create_task(fault_injection.deliver_everything_twice(one.site))
    responses = await one.load(RATE, SECONDS).run()
    found = await one.check_history("every record twice", responses)
    assert not doubler.done(), "it ended early: not every record came twice"
    doubler.cancel()
    await asyncio.wait([doubler])
    assert found == []
