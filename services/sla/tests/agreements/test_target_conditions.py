"""Targets with conditions beyond priority and kind: the environment's tier, and the channel."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from common.events.directory import EnvironmentKnown
from common.events.tickets import TicketPrioritised, TicketReclassified, TicketTriaged
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver
from sla.agreements.domain.agreement import Agreement, Target
from sla.agreements.domain.ticket_traits import TicketTraits
from sla.handlers import HANDLERS
from sla_support.assertions import assert_consistent, resolution_clock, violation_pointers
from sla_support.company import (
    ACME,
    AMSTERDAM,
    HOUR,
    NINE,
    announce_customers,
    promise,
    ticket_event,
    ticket_opened,
)
from sla_support.publication import publish_draft

TARGETS = (
    Target("resolution", "major", 8 * HOUR),
    Target("resolution", "major", 6 * HOUR, kind="question"),
    Target("resolution", "major", 4 * HOUR, environment_tier="production"),
    Target("resolution", "major", 2 * HOUR, environment_tier="production", channel="phone"),
    Target("resolution", "major", 3 * HOUR, channel="phone"),
    Target("resolution", "critical", 1 * HOUR, environment_tier="production"),
)


@pytest.mark.parametrize(
    ("kind", "tier", "channel", "hours"),
    [
        ("incident", None, None, 8),
        ("incident", "staging", "portal", 8),
        ("incident", "production", "portal", 4),
        ("incident", "production", "phone", 2),
        ("incident", None, "phone", 3),
        ("question", "production", "phone", 6),
    ],
)
def test_the_most_telling_target_applies(
    kind: str, tier: str | None, channel: str | None, hours: int
) -> None:
    """The kind goes before the tier, the tier before the channel, in whatever order they are agreed"""
    for targets in (TARGETS, TARGETS[::-1]):
        agreement = Agreement(UUID(int=1), "a", 1, ACME, NINE, None, targets, UUID(int=2))
        terms = agreement.terms_for("resolution", "major", kind, TicketTraits(tier, channel))
        assert terms.target == hours * HOUR


def test_a_ticket_without_the_trait_has_no_promise_of_it() -> None:
    agreement = Agreement(UUID(int=1), "a", 1, ACME, NINE, None, TARGETS, UUID(int=2))
    assert agreement.terms_for("resolution", "critical", "incident").target is None


async def hours_of(database: Database, number: int = 1) -> float:
    target = (await resolution_clock(database, number)).clock.terms.target
    assert target is not None
    return target / HOUR


@pytest.fixture
async def agreed(database: Database) -> None:
    await promise(database, metrics=("resolution",))
    production = EnvironmentKnown(
        at=NINE,
        environment_id=UUID(int=0xE1),
        environment="acme-prod",
        customer_id=ACME,
        customer="acme",
        tier="production",
        name="Production",
    )
    await deliver(database, HANDLERS, (production, 1))


async def publish(theo: AsyncClient, gina: AsyncClient) -> None:
    targets = [
        {
            "metric": one.metric,
            "priority": one.priority,
            "target_seconds": one.within and int(one.within.total_seconds()),
            "kind": one.kind,
            "environment_tier": one.environment_tier,
            "channel": one.channel,
        }
        for one in TARGETS
    ]
    body = {
        "key": "acme-gold",
        "customer": "acme",
        "calendar": AMSTERDAM,
        "targets": targets,
        "valid_from": "2026-05-01T00:00:00Z",
    }
    made = await theo.post("/v1/agreements", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["targets"][3]["channel"] == "phone"
    await publish_draft(theo, gina, made.headers["Location"])


@pytest.mark.usefixtures("agreed")
async def test_clocks_are_measured_by_them_from_the_opening_and_after_each_change(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await publish(theo, gina)
    prod: dict[str, Any] = {"environment": "acme-prod"}
    await deliver(
        database,
        HANDLERS,
        (ticket_opened(1, channel="phone", **prod), 1),
        (ticket_opened(2, channel="portal", **prod), 1),
        (ticket_opened(3, channel="portal"), 1),
    )
    assert [await hours_of(database, number) for number in (1, 2, 3)] == [2, 4, 8]
    raised = ticket_event(TicketPrioritised, 1, priority="critical", previous="major", **prod)
    lowered = ticket_event(TicketPrioritised, 1, previous="critical", confirmed_by="theo", **prod)
    await deliver(database, HANDLERS, (raised, 2))
    assert await hours_of(database) == 1
    await deliver(database, HANDLERS, (lowered, 3))
    assert await hours_of(database) == 2
    corrected = ticket_event(
        TicketReclassified,
        2,
        kind="question",
        opened_at=NINE,
        previous_kind="incident",
        previous_service=None,
        requested_by="anna",
        confirmed_by="omar",
        **prod,
    )
    await deliver(database, HANDLERS, (corrected, 2))
    assert await hours_of(database, 2) == 6
    await assert_consistent(database)
    query = "customer=acme&priority=major&kind=incident&environment_tier=production&channel=phone"
    (terms,) = (await theo.get(f"/v1/agreements/matching?{query}")).json()["terms"]
    assert (terms["target_seconds"], terms["reason"]) == (7200, "the target for production, phone")


@pytest.mark.usefixtures("agreed")
async def test_the_channel_is_remembered_until_the_customer_is_known(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await publish(theo, gina)
    nobody: dict[str, Any] = {"customer_id": None, "customer": None}
    unknown = ticket_opened(1, channel="phone", needs_triage=True, **nobody)
    known = ticket_event(TicketTriaged, 1, opened_at=NINE, environment="acme-prod")
    await deliver(database, HANDLERS, (unknown, 1), (known, 2))
    assert await hours_of(database) == 2


async def test_each_combination_has_one_target(database: Database, theo: AsyncClient) -> None:
    await announce_customers(database, (ACME, "acme"))
    target = {"metric": "resolution", "priority": "major", "target_seconds": 60, "channel": "phone"}
    body = {
        "key": "acme-gold",
        "customer": "acme",
        "calendar": AMSTERDAM,
        "targets": [target, target | {"channel": "email"}, target],
        "valid_from": "2026-05-01T00:00:00Z",
    }
    assert violation_pointers(await theo.post("/v1/agreements", json=body)) == ["/targets/2"]
