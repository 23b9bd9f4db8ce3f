"""References that no table knows, at the edge of a service (I5)."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI, Query
from httpx import AsyncClient
from pydantic import Field
from sqlalchemy import Column, MetaData, Table, Text, Uuid, text

from common.auth import Caller, requires
from common.domain.nearest import nearest
from common.http import KnownKeys, Refers, RequestModel, Service, Transaction, router
from common.persistence.database import Database
from common.settings import Settings
from opsdesk_testing.client import app_for, client

# A table that every service has stands for one of things: `caller` is the key, `jti` another.
KEYS = Table("revoked_tokens", MetaData(), Column("jti", Text), Column("revoked_by", Text))
IDS = Table("deadlines", MetaData(), Column("kind", Text), Column("subject", Uuid))
ROOM = UUID(int=0xA0)

routes = router("/v1/rooms", ["rooms"])
Reader = Annotated[Caller, requires("tickets:read")]
Key = Annotated[str, Refers("room")]


class Part(RequestModel):
    rooms: list[Key] = Field(default_factory=list)


class RoomsCreate(RequestModel):
    room: Key | None = None
    parts: list[Part | Key] = Field(default_factory=list)
    named: dict[str, Key] = Field(default_factory=dict)
    owner: Annotated[str | None, Refers("person")] = None
    team: Annotated[str | None, Refers("team")] = None
    desk: Annotated[str | None, Refers("desk")] = None
    other: Annotated[str | None, Refers("room", by_route=True)] = None


@routes.post("")
async def create(body: RoomsCreate, caller: Reader, tx: Transaction) -> dict[str, bool]:
    """Name rooms."""
    return {"ok": True}


@routes.get("")
async def find(
    caller: Reader,
    tx: Transaction,
    room: Annotated[list[Key] | None, Query()] = None,
    desk: Annotated[str | None, Query(), Refers("desk")] = None,
) -> dict[str, bool]:
    """Look for rooms."""
    return {"ok": True}


SERVICE = Service(
    name="rooms",
    schema="sla",
    title="Rooms",
    settings=Settings,
    routers=(routes,),
    references={
        "room": KnownKeys(KEYS.c.jti),
        "desk": KnownKeys(
            IDS.c.kind, IDS.c.subject, visible_to=lambda customer: IDS.c.kind.startswith(customer)
        ),
        "person": KnownKeys(KEYS.c.revoked_by, callers=True),
        "team": KnownKeys(names=frozenset({"ops", "second_level"})),
    },
)


@pytest.fixture
async def app(database: Database) -> FastAPI:
    async with database.transaction() as tx:
        for key in ("acme-prod", "acme-staging", "brightwater-prod"):
            await tx.execute(
                text(
                    "INSERT INTO revoked_tokens (jti, expires_at, revoked_by)"
                    " VALUES (:key, statement_timestamp(), 'theo')"
                ),
                {"key": key},
            )
        for number, key in enumerate(("acme-desk", "brightwater-desk")):
            await tx.execute(
                text("INSERT INTO deadlines (kind, subject, wake_at) VALUES (:key, :id, 'epoch')"),
                {"key": key, "id": UUID(int=ROOM.int + number)},
            )
    return app_for(SERVICE, database)


@pytest.fixture
async def anna(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client(app, "anna") as caller:
        yield caller


@pytest.fixture
async def jan(app: FastAPI, owner_url: str) -> AsyncIterator[AsyncClient]:
    """A contact of Acme, who may read the table that stands for desks here."""
    owner = await asyncpg.connect(owner_url, server_settings={"search_path": "sla"})
    await owner.execute("GRANT SELECT ON deadlines TO opsdesk_sla_contact")
    await owner.close()
    async with client(app, "jan") as caller:
        yield caller


async def violations(who: AsyncClient, body: dict[str, Any]) -> list[tuple[str, str, str]]:
    answer = await who.post("/v1/rooms", json=body)
    if answer.status_code == 200:
        return []
    assert answer.status_code == 422, answer.text
    return [(one["pointer"], one["code"], one["detail"]) for one in answer.json()["errors"]]


async def test_the_answer_names_the_nearest_known_key(anna: AsyncClient) -> None:
    assert await violations(anna, {"room": "acme-prdo"}) == [
        ("/room", "unknown_reference", "there is no room 'acme-prdo'; did you mean acme-prod?")
    ]
    assert await violations(anna, {"room": "zzz"}) == [
        ("/room", "unknown_reference", "there is no room 'zzz'")
    ]


async def test_every_place_is_checked_and_all_are_named_at_once(anna: AsyncClient) -> None:
    body = {
        "room": "acme-prod",
        "parts": [{"rooms": ["acme-staging", "x"]}, "y"],
        "named": {"first": "z", "second": "brightwater-prod"},
        "team": "second-level",
    }
    found = await violations(anna, body)
    assert [(pointer, code) for pointer, code, _ in found] == [
        ("/parts/0/rooms/1", "unknown_reference"),
        ("/parts/1", "unknown_reference"),
        ("/named/first", "unknown_reference"),
        ("/team", "unknown_reference"),
    ]
    assert found[-1][2].endswith("did you mean second_level?")


async def test_known_ones_pass_by_key_and_by_id(anna: AsyncClient) -> None:
    assert await violations(anna, {"room": " acme-prod ", "team": "ops", "owner": "theo"}) == []
    assert await violations(anna, {"desk": "acme-desk"}) == []
    assert await violations(anna, {"desk": str(ROOM)}) == []
    assert await violations(anna, {"desk": str(UUID(int=1))}) != []


async def test_whoever_calls_is_known(anna: AsyncClient) -> None:
    assert await violations(anna, {"owner": "anna"}) == []
    assert [code for _, code, _ in await violations(anna, {"owner": "omar"})] == [
        "unknown_reference"
    ]


async def test_what_the_route_checks_is_left_to_it(anna: AsyncClient) -> None:
    assert await violations(anna, {"other": "nowhere"}) == []


async def test_query_parameters_are_checked_too(anna: AsyncClient) -> None:
    answer = await anna.get("/v1/rooms?room=acme-prod&room=acme-pro")
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/query/room"
    assert error["detail"].endswith("did you mean acme-prod?")
    assert (await anna.get("/v1/rooms?room=acme-prod&desk=")).status_code == 200


async def test_a_contact_learns_nothing_of_other_customers(jan: AsyncClient) -> None:
    """R4: what a customer may not see is unknown, and is not proposed."""
    assert await violations(jan, {"room": "nowhere"}) == []
    assert await violations(jan, {"desk": "acme-desk"}) == []
    for hidden in ("brightwater-desk", "brightwater-deks", str(UUID(int=ROOM.int + 1))):
        ((_, code, detail),) = await violations(jan, {"desk": hidden})
        assert code == "unknown_reference"
        assert "mean brightwater" not in detail


async def test_a_malformed_body_is_refused_for_its_form(anna: AsyncClient) -> None:
    for body in ({"room": 7}, {"parts": "x"}, {"named": ["acme-prod"]}, {"parts": [[["x"]]]}):
        answer = await anna.post("/v1/rooms", json=body)
        assert answer.status_code == 422
        codes = {one["code"] for one in answer.json()["errors"]}
        assert not any(code == "unknown_reference" for code in codes), body
    assert (await anna.post("/v1/rooms", content=b"[")).status_code in {400, 415}


def test_the_nearest_is_found_whatever_its_case() -> None:
    known = ("Hosthaven", "acme-prod", "acme-production")
    assert nearest("hosthavn", known) == "Hosthaven"
    assert nearest("ACME-PRO", known) == "acme-prod"
    assert nearest("qqqq", known) is None
    assert nearest("x", ()) is None
