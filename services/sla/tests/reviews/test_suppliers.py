"""Partners are measured too, in reviews and for leaders, and customers do not see it (R13)."""

from httpx import AsyncClient

from common.events.tickets import TicketForwarded, TicketHandedBack
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened, underpin
from sla_support.review_month import JULY, explain_breaches

REVIEW = "/v1/reviews/acme-2026-06"


async def test_a_partners_contract_stands_in_the_review_and_the_leadership_report(
    database: Database, dana: AsyncClient, gina: AsyncClient, jan: AsyncClient
) -> None:
    """Half of eight hours were promised to us; two tickets, one of them handed back in time"""
    await underpin(database, await promise(database, metrics=("resolution",)), "hosthaven")
    to = {"state": "forwarded", "to": "partner", "partner": "hosthaven"}
    for number in (1, 2):
        forwarded = ticket_event(TicketForwarded, number, NINE, **to)
        await deliver(database, HANDLERS, (ticket_opened(number), 1), (forwarded, 2))
    for number, hours in ((1, 2), (2, 6)):
        await freeze_time(database, NINE + hours * HOUR)
        await fire_due(database, TIMERS)
        at = NINE + hours * HOUR
        back = ticket_event(TicketHandedBack, number, at, handed_back_by="partner")
        await deliver(database, HANDLERS, (back, 3))
    await freeze_time(database, JULY)
    await fire_due(database, TIMERS)
    (supplier,) = (await dana.get(REVIEW)).json()["report"]["suppliers"]
    assert (supplier["contract"], supplier["agreement"]) == ("uc", "hosthaven-standard")
    leaders = (await gina.get("/v1/leadership-report?month=2026-06")).json()
    assert leaders["suppliers"] == [supplier]
    assert (
        "Partners and own teams"
        in (await dana.get(REVIEW, params={"format": "html", "language": "en"})).text
    )
    assert (supplier["compliance"]["met"], supplier["compliance"]["breached"]) == (1, 1)
    assert supplier["previous"]["raw"] is None
    await explain_breaches(database, 1)
    await explain_breaches(database, 2)
    await dana.post(f"{REVIEW}/regenerate")
    assert (await gina.post(f"{REVIEW}/publish")).status_code == 200
    assert "suppliers" not in (await jan.get(REVIEW)).json()["report"]
    paper = (await jan.get(REVIEW, params={"format": "html", "language": "en"})).text
    assert "Partners and own teams" not in paper
    assert "hosthaven" not in paper
