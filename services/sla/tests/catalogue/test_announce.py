"""The catalogue announced again, for a service that has to know it."""

from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.protocol import outbox_events
from sla.catalogue.commands import publish_all
from sla_support.catalogue_scenario import announce_directory, describe_service


async def test_every_service_is_announced_again_with_the_next_sequence(
    database: Database, theo: AsyncClient
) -> None:
    await announce_directory(database)
    await describe_service(theo, "ledger", "environment/acme-prod")
    await describe_service(theo, "billing", "service/ledger", sold_to=["acme"])
    await describe_service(theo, "billing", sold_to=["acme", "brightwater"])
    await theo.post("/v1/services/billing/retire")
    before = [one for one in await outbox_events(database) if one.topic == "opsdesk.catalogue"]
    assert await publish_all(database) == 2
    events = [one for one in await outbox_events(database) if one.topic == "opsdesk.catalogue"]
    billing, ledger = events[len(before) :]
    assert (billing.body["service"], billing.sequence, billing.body["retired"]) == (
        "billing",
        4,
        True,
    )
    assert billing.body["sold_to"] == ["acme", "brightwater"]
    assert (ledger.body["service"], ledger.sequence, ledger.body["retired"]) == ("ledger", 2, False)
    assert (await describe_service(theo, "ledger", "environment/acme-spare")).status_code == 201
    (last,) = (await outbox_events(database))[-1:]
    assert last.sequence == 3
