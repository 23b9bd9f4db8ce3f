"""A request for a waiver that could change nothing is refused, saying so (C11)."""

from asyncio import gather
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response

from common.events.tickets import TicketOnHold, TicketResolved
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import resolution_clock, violation_pointers
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened


async def ask(theo: AsyncClient, database: Database, expires_in: timedelta) -> Response:
    clock = (await resolution_clock(database)).id
    body: dict[str, Any] = {"clock_id": str(clock), "reason": "The supplier is down"}
    body["expires_at"] = (NINE + expires_in).isoformat()
    return await theo.post("/v1/waivers", json=body)


async def test_an_approval_that_would_expire_before_the_deadline_is_not_asked_for(
    database: Database, theo: AsyncClient
) -> None:
    """Major: eight working hours, until 17:00; equal covers nothing either"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    for hours in (1, 8):
        assert violation_pointers(await ask(theo, database, hours * HOUR)) == ["/expires_at"]
    assert (await ask(theo, database, 9 * HOUR)).status_code == 201


async def test_what_is_broken_already_is_not_asked_for(
    database: Database, theo: AsyncClient
) -> None:
    """While it runs, and after it has stopped"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await freeze_time(database, NINE + 9 * HOUR)
    await fire_due(database, TIMERS)
    broken = await ask(theo, database, 20 * HOUR)
    assert (broken.status_code, broken.json()["code"]) == (409, "ALREADY_BREACHED")
    await deliver(database, HANDLERS, (ticket_event(TicketResolved, 1, NINE + 9 * HOUR), 2))
    assert (await ask(theo, database, 20 * HOUR)).status_code == 409


async def test_a_second_request_while_one_waits_is_refused_and_names_it(
    database: Database, theo: AsyncClient, dana: AsyncClient, gina: AsyncClient
) -> None:
    """Two open requests would be decided twice, and the second answer would overrule the first."""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    first = await ask(theo, database, 9 * HOUR)
    for who in (theo, dana):
        second = await ask(who, database, 12 * HOUR)
        assert (second.status_code, second.json()["code"]) == (409, "ALREADY_REQUESTED")
        assert first.json()["key"] in second.json()["detail"]
    address = first.headers["Location"]
    assert (await gina.post(f"{address}/refuse", json={"reason": "Not now"})).status_code == 200
    third = await ask(dana, database, 9 * HOUR)
    assert third.status_code == 201, "what was refused may be asked for again"
    withdrawn = {"reason": "Not needed any more"}
    assert (await dana.post(f"{third.headers['Location']}/withdraw", json=withdrawn)).is_success
    assert (await ask(theo, database, 9 * HOUR)).status_code == 201


@pytest.mark.parametrize(
    ("service", "hours", "code"),
    [
        ("billing", (0, 24), 409),
        (None, (0, 24), 409),
        ("billing", (12, 48), 409),
        ("billing", (24, 48), 201),
        ("portal", (0, 24), 201),
    ],
)
async def test_a_second_request_over_a_period_is_refused_while_one_about_the_same_waits(
    database: Database,
    theo: AsyncClient,
    dana: AsyncClient,
    service: str | None,
    hours: tuple[int, int],
    code: int,
) -> None:
    """The same customer, with a service and a time in common; what touches is another question"""
    await promise(database, metrics=("resolution",))
    first = await ask_for_period(theo, "billing", 0, 24)
    key = first.json()["key"]
    second = await ask_for_period(dana, service, *hours)
    assert second.status_code == code, second.text
    if code == 409:
        problem = second.json()
        assert (problem["code"], problem["parameters"]) == ("ALREADY_REQUESTED", {"key": key})
        assert key in problem["detail"]
    withdrawn = {"reason": "Not needed any more"}
    assert (await theo.post(f"/v1/waivers/{key}/withdraw", json=withdrawn)).is_success
    again = await ask_for_period(theo, "billing", 0, 12)
    assert again.status_code == 201, "what was withdrawn may be asked for again"


async def test_of_eight_who_ask_for_one_period_at_once_one_is_heard(
    database: Database, theo: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    answers = await gather(*(ask_for_period(theo, None, 0, 24) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    (accepted,) = [one.json()["key"] for one in answers if one.status_code == 201]
    named = {one.json()["parameters"]["key"] for one in answers if one.status_code == 409}
    assert named == {accepted}


async def ask_for_period(
    who: AsyncClient, service: str | None, first_hour: int, last_hour: int
) -> Response:
    period = {
        "starts_at": (NINE + first_hour * HOUR).isoformat(),
        "ends_at": (NINE + last_hour * HOUR).isoformat(),
    }
    body = {"customer": "acme", "service": service, "reason": "The supplier is down", **period}
    return await who.post("/v1/waivers", json=body)


async def test_a_request_that_expired_undecided_stands_in_nobodys_way(
    database: Database, theo: AsyncClient
) -> None:
    """Paused: no deadline, so that an early end is accepted. Its own end has not been noticed yet."""
    await promise(database, metrics=("resolution",))
    on_hold = ticket_event(TicketOnHold, 1, NINE + HOUR, waiting_on="customer", state="on_hold")
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (on_hold, 2))
    assert (await ask(theo, database, 2 * HOUR)).status_code == 201
    await freeze_time(database, NINE + 3 * HOUR)
    assert (await ask(theo, database, 9 * HOUR)).status_code == 201


async def test_of_two_who_ask_at_once_one_is_refused(
    database: Database, theo: AsyncClient, dana: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    answers = await gather(*(ask(who, database, 9 * HOUR) for who in (theo, dana, theo, dana)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
