"""Steps with marked words: tickets that are separated, investigated and gone on after; the matrix."""

from datetime import UTC, datetime

from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake_support.tickets import act, open_ticket
from opsdesk_testing.audience_marks import Marks
from opsdesk_testing.client import client
from opsdesk_testing.protocol import freeze_time

ON = "POST /v1/tickets/{ticket}"
STAFF, OF_ACME = "staff", "acme"


async def separate(anna: AsyncClient, omar: AsyncClient, marks: Marks) -> None:
    """A duplicate that was merged, and was not separated from the other one."""
    one, into = [await open_ticket(anna) for _ in range(2)]
    assert (await anna.post(f"/v1/tickets/{one}/merge", json={"into": into})).is_success
    for who, step, more in ((anna, "unmerge", {}), (omar, "unmerge/confirm", {"agree": False})):
        reason = {"reason": marks.word(f"{ON}/{step} reason", STAFF)}
        answer = await who.post(f"/v1/tickets/{one}/{step}", json=reason | more)
        assert answer.is_success, answer.text


async def investigate_and_improve(anna: AsyncClient, omar: AsyncClient, marks: Marks) -> None:
    """An incident that a customer found first: its cause is found, and better monitoring is owed."""
    key = await open_ticket(anna, channel="phone")
    for who, step, more in (
        (anna, "detection", {"detected_by": "ops"}),
        (omar, "detection/confirm", {"agree": False}),
        (anna, "detection", {"detected_by": "ops"}),
    ):
        reason = {"reason": marks.word(f"{ON}/{step} reason", STAFF)}
        assert (await act(who, key, step, **reason | more)).is_success
    id = (await act(anna, key, "investigations")).json()["id"]
    cause = {"cause": marks.word(f"{ON}/investigations/{{investigation}}/end cause", STAFF)}
    ended = {"cause_found": True} | cause
    for who, step, body in (
        (anna, f"investigations/{id}/end", ended),
        (anna, "resolve", {"resolution": "Done"}),
        (omar, "verify", {}),
    ):
        assert (await act(who, key, step, **body)).is_success
    for who, step, fields, more in (
        (anna, "plan", ("task", "criterion"), {"owner": "anna"}),
        (anna, "finish", ("evidence",), {}),
        (omar, "verify", ("reason",), {"agree": False}),
    ):
        named = "POST /v1/monitoring-improvements/{improvement}/" + step
        words = {name: marks.word(f"{named} {name}", STAFF) for name in fields}
        answer = await who.post(f"/v1/monitoring-improvements/MON-1/{step}", json=words | more)
        assert answer.is_success, answer.text


async def go_on_later(
    database: Database, anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, marks: Marks
) -> None:
    key = await open_ticket(anna)
    for who, step, body in (
        (anna, "resolve", {"resolution": "Done"}),
        (omar, "verify", {}),
        (anna, "close", {}),
    ):
        assert (await act(who, key, step, **body)).is_success
    await freeze_time(database, datetime(2030, 2, 7, 9, tzinfo=UTC))
    words = {"text": marks.word(f"{ON}/follow-on text", OF_ACME)}
    assert (await act(jan, key, "follow-on", **words)).is_success


async def change_the_matrix(app: FastAPI, marks: Marks) -> None:
    async with client(app, "theo") as theo:
        address = "/v1/priority-matrix"
        cells = (await theo.get(address)).json()["priorities"]
        cells["high"]["high"] = "critical"
        reason = {"reason": marks.word(f"PUT {address} reason", STAFF)}
        assert (await theo.put(address, json={"priorities": cells} | reason)).is_success
        reason = {"reason": marks.word(f"POST {address}/confirm reason", STAFF)}
        declined = await theo.post(f"{address}/confirm", json={"agree": False} | reason)
        assert declined.is_success, declined.text
