"""A request for a waiver shows what it is about and how much time is left (R2)."""

from datetime import timedelta

from httpx import AsyncClient

from common.events.tickets import TicketOnHold
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, freeze_time
from sla.handlers import HANDLERS
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened
from sla_support.waivers import request_for_clock, request_for_period

MINUTE = timedelta(minutes=1)
BREAKS = NINE + 8 * HOUR


async def _summarise(who: AsyncClient, address: str) -> tuple[object, ...]:
    waiver = (await who.get(address)).json()
    (listed_waiver,) = (await who.get("/v1/waivers")).json()["items"]
    assert listed_waiver == {name: given for name, given in waiver.items() if name != "allowed"}
    return waiver["ticket"], waiver["metric"], waiver["decide_by"], waiver["remaining_seconds"]


def _z(at: object) -> str:
    return str(at).replace("+00:00", "Z").replace(" ", "T")


async def test_the_time_left_runs_until_the_clocks_deadline(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    address = await request_for_clock(database, theo)
    assert await _summarise(theo, address) == ("OPS-1", "resolution", _z(BREAKS), 8 * 3600)
    await freeze_time(database, BREAKS - 20 * MINUTE)
    assert await _summarise(gina, address) == ("OPS-1", "resolution", _z(BREAKS), 20 * 60)
    await freeze_time(database, BREAKS + MINUTE)
    assert (await _summarise(gina, address))[-1] == 0
    approved = (await gina.post(address + "/approve")).json()
    assert (approved["ticket"], approved["decide_by"], approved["remaining_seconds"]) == (
        "OPS-1",
        None,
        None,
    )


async def test_while_the_clock_is_paused_nothing_can_break(
    database: Database, theo: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    address = await request_for_clock(database, theo)
    waiting = ticket_event(TicketOnHold, 1, NINE + HOUR, state="on_hold", waiting_on="customer")
    await freeze_time(database, NINE + HOUR)
    await deliver(database, HANDLERS, (waiting, 2))
    assert await _summarise(theo, address) == ("OPS-1", "resolution", None, None)


async def test_a_period_is_decided_by_its_first_breach_else_its_start_else_its_end(
    database: Database, theo: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    address = await request_for_period(theo, NINE + HOUR, NINE + 9 * HOUR, service="billing")
    assert await _summarise(theo, address) == (None, None, _z(NINE + HOUR), 3600)
    await deliver(database, HANDLERS, (ticket_opened(1, service="portal"), 1))
    assert (await _summarise(theo, address))[2] == _z(NINE + HOUR)
    await deliver(database, HANDLERS, (ticket_opened(2, service="billing"), 1))
    assert (await _summarise(theo, address))[2] == _z(BREAKS)
    await freeze_time(database, BREAKS + MINUTE)
    assert (await _summarise(theo, address))[2:] == (_z(NINE + 9 * HOUR), 59 * 60)
