"""Terms with a customer's tier and tags: what is refused, what the contract says, what a simulation does."""

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, freeze_time
from sla.handlers import HANDLERS
from sla_support.assertions import violation_pointers
from sla_support.company import ACME, AMSTERDAM, HOUR, NINE, announce_customers, ticket_opened
from sla_support.tier_targets import agree_by_tier_and_tag


@pytest.fixture
async def agreed(database: Database, app: FastAPI, theo: AsyncClient, gina: AsyncClient) -> None:
    await agree_by_tier_and_tag(database, theo, gina)


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"tag": "Not a tag"}, "/targets/0/tag"),
        ({"customer_tier": "Gold!"}, "/targets/0/customer_tier"),
    ],
)
async def test_words_that_nobody_may_use_are_refused(
    database: Database, theo: AsyncClient, more: dict[str, str], pointer: str
) -> None:
    await announce_customers(database, (ACME, "acme"))
    target = {"metric": "resolution", "priority": "major", "target_seconds": 60} | more
    terms = {"calendar": AMSTERDAM, "targets": [target], "valid_from": "2026-05-01T00:00:00Z"}
    answer = await theo.post("/v1/agreements", json=terms | {"key": "a", "customer": "acme"})
    assert violation_pointers(answer) == [pointer]


async def test_more_combinations_than_a_contract_can_tell_are_refused(
    database: Database, theo: AsyncClient
) -> None:
    await announce_customers(database, (ACME, "acme"))
    target = {"metric": "resolution", "priority": "major", "target_seconds": 60}
    targets = [
        target | {"tag": f"tag-{number}", "customer_tier": f"tier-{number}"} for number in range(20)
    ]
    terms = {"calendar": AMSTERDAM, "targets": targets, "valid_from": "2026-05-01T00:00:00Z"}
    answer = await theo.post("/v1/agreements", json=terms | {"key": "a", "customer": "acme"})
    assert violation_pointers(answer) == ["/targets"]


@pytest.mark.usefixtures("agreed")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("for customers of tier gold", "with the tag vip", "with the tag security")),
        ("nl", ("voor klanten van niveau gold", "met het label vip")),
        ("de", ("für Kunden der Stufe gold", "mit dem Schlagwort vip")),
    ],
)
async def test_the_contract_says_for_which_customers_and_tags(
    theo: AsyncClient, language: str, words: tuple[str, ...]
) -> None:
    page = (await theo.get(f"/v1/agreements/acme-new/page?language={language}")).text
    for one in words:
        assert one in page, page


@pytest.mark.usefixtures("agreed")
async def test_a_what_if_knows_them(database: Database, theo: AsyncClient) -> None:
    """What a stricter target for a tag would have broken: the ticket with that tag alone."""
    await deliver(database, HANDLERS, (ticket_opened(1, tags=["vip"]), 1), (ticket_opened(2), 1))
    await freeze_time(database, NINE + 2 * HOUR)
    target = {"metric": "resolution", "priority": "major", "target_seconds": 8 * 3600}
    targets = [target, target | {"tag": "vip", "target_seconds": 3600}]
    simulated = await theo.post("/v1/agreements/acme-new/simulate", json={"targets": targets})
    assert simulated.status_code == 200, simulated.text
    changed = {
        one["ticket"]: one["simulated_deadline"] for one in simulated.json()["deadline_changes"]
    }
    assert changed == {"OPS-1": "2026-06-01T08:00:00Z"}
