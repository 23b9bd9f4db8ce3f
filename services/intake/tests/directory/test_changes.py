"""Who is paged, and who counts as whom, is changed by two people (R1)."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.domain import Rejection
from common.events.directory import TokensRevoked
from common.persistence.database import Database
from intake.directory.domain.changes import confirm_change, request_end, with_roles
from intake.directory.domain.parties import Person
from intake_support.alerts import NINE
from intake_support.tickets import TO_PARTNER, act, open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.protocol import outbox_events

SVEN = Person(UUID(int=1), "sven", "Sven", "sven@ours.example", None, "UTC", ("ops",))
WHY = {"reason": "She left"}


def test_leading_roles_are_given_and_taken_by_two() -> None:
    asked = with_roles(SVEN, ("qc", "gm"), "anna", NINE)
    assert asked.roles == ("qc",), "others hold at once"
    given = confirm_change(asked, "omar")
    assert isinstance(given, Person)
    assert (set(given.roles), given.changed_by, given.confirmed_by) == (
        {"qc", "gm"},
        "anna",
        "omar",
    )
    taken = with_roles(given, (), "anna", NINE)
    assert taken.roles == ("gm",)
    assert with_roles(taken, ("gm",), "anna", NINE).pending is None, "the present ones withdraw it"


def test_an_end_waits_and_its_own_requester_does_not_confirm_it() -> None:
    asked = request_end(SVEN, "anna", NINE)
    assert isinstance(asked, Person)
    assert not asked.retired
    own = confirm_change(asked, "anna")
    assert isinstance(own, Rejection)
    assert own.code == "FOUR_EYES"
    gone = confirm_change(asked, "omar")
    assert isinstance(gone, Person)
    assert gone.retired
    again = request_end(gone, "anna", NINE)
    assert isinstance(again, Rejection)
    assert again.code == "ALREADY_ENDED"


async def last_of(database: Database, kind: str) -> dict[str, Any]:
    type = f"opsdesk.directory.{kind}.v1"
    return [one.body for one in await outbox_events(database) if one.type == type][-1]


async def test_people_contacts_and_partners_can_be_ended(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    assert (await anna.post("/v1/people/sven/end", json=WHY)).json()["pending"]["ends"] is True
    assert (await last_of(database, "person"))["retired"] is False
    assert [one.type for one in await outbox_events(database)].count(TokensRevoked.type) == 0
    assert (await omar.post("/v1/people/sven/confirm")).json()["retired"] is True
    assert (await last_of(database, "person"))["retired"] is True
    revoked = await last_of(database, "tokens_revoked")
    assert (revoked["kind"], revoked["name"], revoked["by"]) == ("person", "sven", "omar")
    (jan,) = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
    ended = await anna.post(f"/v1/customers/acme/contacts/{jan['id']}/end", json=WHY)
    assert ended.json()["retired"] is True
    assert (await last_of(database, "contact"))["retired"] is True
    assert (await anna.post("/v1/partners/hosthaven/end", json=WHY)).json()["retired"] is True
    for path in (
        "people/nobody/end",
        f"customers/acme/contacts/{UUID(int=9)}/end",
        "partners/x/end",
    ):
        assert (await anna.post(f"/v1/{path}", json=WHY)).status_code == 404


async def test_what_a_second_person_confirms_is_what_they_have_read(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    """R1: a change in between is shown to them first"""
    asked = await anna.post("/v1/people/sven/roles", json={"roles": ["gm"], **WHY})
    seen = asked.headers["ETag"]
    assert (await omar.get("/v1/people/sven")).headers["ETag"] == seen
    other = await anna.post("/v1/people/sven/roles", json={"roles": ["gm", "tom"], **WHY})
    stale = await omar.post("/v1/people/sven/confirm", headers={"If-Match": seen})
    assert (stale.status_code, stale.json()["present"]["pending"]["roles"]) == (412, ["gm", "tom"])
    fresh = {"If-Match": other.headers["ETag"]}
    done = await omar.post("/v1/people/sven/confirm", headers=fresh)
    assert sorted(done.json()["roles"]) == ["gm", "tom"]
    (jan,) = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
    path = f"/v1/customers/acme/contacts/{jan['id']}"
    moved = await anna.patch(path, json={"address": "jan@home.example"})
    stale = await omar.post(f"{path}/confirm", headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["present"]["address"]) == (412, "jan@home.example")
    fresh = {"If-Match": moved.headers["ETag"]}
    assert (await omar.post(f"{path}/confirm", headers=fresh)).json()["counts_for"] is None
    stale = await anna.post("/v1/partners/hosthaven/end", json=WHY, headers={"If-Match": '"9"'})
    assert stale.status_code == 412


async def test_with_the_end_of_a_contact_tokens_of_their_own_are_revoked(
    app: FastAPI, anna: AsyncClient, database: Database
) -> None:
    """And those of one of our own people who has the same address are not."""
    (jan,) = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
    for account, claims in (("jan-of-acme", {"customer": "acme"}), ("gina", {})):
        async with client(app, account, email=jan["address"], **claims) as own:
            assert (await own.get("/v1/tickets")).status_code == 200
    await anna.post(f"/v1/customers/acme/contacts/{jan['id']}/end", json=WHY)
    revoked = [one.body for one in await outbox_events(database) if one.type == TokensRevoked.type]
    assert [(one["kind"], one["name"]) for one in revoked] == [("person", "jan-of-acme")]


async def test_nothing_is_forwarded_to_a_partner_who_was_ended(anna: AsyncClient) -> None:
    key = await open_ticket(anna)
    await anna.post("/v1/partners/hosthaven/end", json=WHY)
    refused = await act(anna, key, "forward", **TO_PARTNER)
    assert (refused.status_code, refused.json()["code"]) == (409, "PARTNER_ENDED")


@pytest.mark.parametrize("channel", ["portal", "staff"])
async def test_a_contacts_blocker_is_announced_as_unconfirmed(
    anna: AsyncClient, jan: AsyncClient, omar: AsyncClient, database: Database, channel: str
) -> None:
    """R5"""
    who = jan if channel == "portal" else anna
    key = await open_ticket(who, priority="blocker")
    (raised,) = [one.body for one in await outbox_events(database) if "blocker_raised" in one.type]
    assert raised["confirmed"] is (channel == "staff")
    answer = await omar.post(f"/v1/tickets/{key}/blocker/confirm")
    assert answer.status_code == (200 if channel == "portal" else 409)
