"""Nothing that a caller sends ends in a 500, and every refusal is a problem with a stable type."""

from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient

from opsdesk_testing.client import client
from opsdesk_testing.tokens import token

GOOD = {"title": "Down", "customer": "acme"}
# {"alg":"none"} . {"sub":"anna","roles":["ops"]}
UNSIGNED = "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm5hIiwicm9sZXMiOlsib3BzIl19."
AS_JSON = {"Content-Type": "application/json"}


NO_REQUESTS = [
    (b"{", 400),
    (b"no json", 400),
    (b"", 400),
    (b"[]", 422),
    (b"null", 422),
    (b'{"title": "a\\u0000b", "customer": "acme"}', 422),
    (b'{"title": "a\x00b", "customer": "acme"}', 400),
    (b'{"title": "\xff", "customer": "acme"}', 400),
    (b'{"title": "\\ud800", "customer": "acme"}', 400),
    (b'{"title": ' + b"[" * 50 + b"]" * 50 + b"}", 400),
    (b'{"title": NaN}', 422),
    (b'{"title": "' + b"x" * 2 * 2**20 + b'"}', 413),
]


async def test_bodies_that_are_no_request(anna: AsyncClient) -> None:
    for body, status in NO_REQUESTS:
        answer = await anna.post("/v1/tickets", content=body, headers=AS_JSON)
        assert answer.status_code == status, (body[:80], answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"].startswith("urn:opsdesk:error:")
        assert answer.json()["trace_id"] is not None


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"title": 7}, "/title"),
    ({"title": ""}, "/title"),
    ({"title": "   "}, "/title"),
    ({"title": "x" * 201}, "/title"),
    ({"priority": "urgent"}, "/priority"),
    ({"kind": "wish"}, "/kind"),
    ({"colour": "red"}, "/colour"),
    ({"opened_at": "2030-01-07T08:00:00"}, "/opened_at"),
    ({"opened_at": "2031-01-01T00:00:00Z"}, "/opened_at"),
    ({"customer": "nobody"}, "/customer"),
    ({"customer": None}, "/customer"),
    ({"environment": "brightwater-prod"}, "/environment"),
    ({"kind": "change_request"}, ""),
    ({"nature": "corrective"}, ""),
]


async def test_what_is_wrong_is_named_by_its_pointer(anna: AsyncClient) -> None:
    for more, pointer in WRONG:
        answer = await anna.post("/v1/tickets", json=GOOD | more)
        assert answer.status_code == 422, (more, answer.text)
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer], more


async def test_everything_wrong_is_named_at_once(anna: AsyncClient) -> None:
    answer = await anna.post("/v1/tickets", json={"title": 7, "kind": "wish", "x": 1})
    assert {one["pointer"] for one in answer.json()["errors"]} == {"/title", "/kind", "/x"}


async def test_other_media_than_json_are_not_read(anna: AsyncClient) -> None:
    answer = await anna.post("/v1/tickets", content=b"{}", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


async def test_tokens_that_are_none(app: FastAPI) -> None:
    async with client(app, None) as nobody:
        for header in ("", "Bearer", "Bearer x", "Bearer a.b.c", "Basic YTpi", UNSIGNED):
            answer = await nobody.post("/v1/tickets", json=GOOD, headers={"Authorization": header})
            assert answer.status_code == 401, header
            assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_token_that_has_expired_or_holds_no_role(app: FastAPI, anna: AsyncClient) -> None:
    async with client(app, None) as somebody:
        expired = {"Authorization": f"Bearer {token('anna', seconds=-3600)}"}
        assert (await somebody.post("/v1/tickets", json=GOOD, headers=expired)).status_code == 401
        poor = {"Authorization": f"Bearer {token('zoe', roles=[], scope='')}"}
        assert (await somebody.post("/v1/tickets", json=GOOD, headers=poor)).status_code == 403


async def test_a_ticket_that_cannot_be(anna: AsyncClient) -> None:
    for ref in ["OPS-0", "OPS-99999999999999999999", "nothing", "%F0%9F%92%A5", "OPS-1' OR '1'='1"]:
        assert (await anna.get(f"/v1/tickets/{ref}")).status_code == 404, ref


async def test_lists_asked_for_wrongly(anna: AsyncClient) -> None:
    for query in ["limit=0", "limit=201", "limit=x", "cursor=x", "state=odd", "priority=urgent"]:
        assert (await anna.get(f"/v1/tickets?{query}")).status_code == 422, query


async def test_customer_data_cannot_be_opened_by_a_contact(jan: AsyncClient) -> None:
    for more in ({"customer": "brightwater"}, {"environment": "brightwater-prod"}):
        answer = await jan.post("/v1/tickets", json={"title": "x"} | more)
        assert answer.status_code == 422
    late = {"title": "x", "opened_at": "2030-01-07T08:00:00Z"}
    assert (await jan.post("/v1/tickets", json=late)).status_code == 403


async def test_a_priority_is_told_in_one_way(anna: AsyncClient) -> None:
    key = (await anna.post("/v1/tickets", json=GOOD)).json()["key"]
    for body in (
        {"reason": "x"},
        {"priority": "major", "impact": "high", "urgency": "low", "reason": "x"},
        {"impact": "high", "reason": "x"},
        {"priority": "major", "reason": ""},
    ):
        answer = await anna.post(f"/v1/tickets/{key}/prioritise", json=body)
        assert answer.status_code == 422, body
