"""A requested termination is withdrawn once, however often the request is sent."""

from httpx import AsyncClient

from common.persistence.database import Database
from sla_support.company import promise

TERMINATION = "/v1/agreements/acme-standard/termination"


async def test_a_withdrawal_that_is_sent_twice_withdraws_one_request(
    database: Database, theo: AsyncClient
) -> None:
    """G12: the same answer again; what was requested since then stays."""
    await promise(database)
    await theo.post(TERMINATION, json={"reason": "They have left us"})
    key = {"Idempotency-Key": "withdraw"}
    first = await theo.delete(TERMINATION, headers=key)
    assert (first.status_code, first.json()["termination"]) == (200, None)
    await theo.post(TERMINATION, json={"reason": "They have left us again"})
    again = await theo.delete(TERMINATION, headers=key)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    present = (await theo.get("/v1/agreements/acme-standard")).json()["termination"]
    assert present["reason"] == "They have left us again"


async def test_without_a_request_there_is_nothing_to_withdraw(
    database: Database, theo: AsyncClient
) -> None:
    await promise(database)
    answer = await theo.delete(TERMINATION)
    assert (answer.status_code, answer.json()["code"]) == (409, "NOT_REQUESTED")
