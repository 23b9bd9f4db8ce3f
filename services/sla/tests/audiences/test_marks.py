"""Nobody reads what was written for others: every free text has a mark, everything is searched (R4)."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.audience_marks import free_text_fields, read_everything
from opsdesk_testing.client import client
from opsdesk_testing.protocol import freeze_time, outbox_events
from opsdesk_testing.row_walls import rows_without_where
from sla_support.audiences import AGREEMENT, write_june
from sla_support.company import NINE
from sla_support.june import June

pytestmark = pytest.mark.thorough

QUERIES = {
    "/v1/agreements/{agreement}": ["version=1"],
    "/v1/agreements/{agreement}/diff": ["from=1&to=1"],
    "/v1/agreements/matching": ["customer=acme", "customer=brightwater"],
    "/v1/reviews/{review}": ["edition=0", "edition=1", "edition=2"],
    "/v1/leadership-report": ["month=2026-06"],
    "/v1/availability": ["month=2026-06", "month=2026-06&customer=acme"],
    "/v1/availability/chart.svg": ["month=2026-06", "month=2026-06&customer=acme"],
    "/v1/maintenance": ["from=2026-01-01T00:00:00Z"],
    "/v1/waivers": ["customer=acme"],
}
NOT_FREE = {
    "POST /v1/calendars/{calendar}/icalendar/fetch url": "an address that is fetched, not shown",
    "POST /v1/forecasts/{forecast}/acknowledge note": "contacts hold no permission for forecasts, and the note stands in the audit trail alone",
}
"""Fields without a mark, with the reason."""


@pytest.fixture
def known_services() -> tuple[str, ...]:
    return ()


@pytest.fixture
async def june(
    app: FastAPI,
    database: Database,
    theo: AsyncClient,
    gina: AsyncClient,
    dana: AsyncClient,
) -> AsyncIterator[June]:
    await freeze_time(database, NINE)
    async with (
        client(app, "anna") as anna,
        client(app, "zqsigner", customer="acme") as signer,
    ):
        june = June(database, theo, gina, dana, anna, signer)
        june.marks.planted["zqsigner"] = ("who signed", "acme")
        await write_june(june)
        yield june


async def test_every_free_text_has_a_mark(june: June, app: FastAPI) -> None:
    planted = {written_in for written_in, _ in june.marks.planted.values()}
    assert free_text_fields(app) - planted == NOT_FREE.keys()


async def test_what_was_written_for_others_is_nowhere_to_be_seen(
    june: June, app: FastAPI, theo: AsyncClient, jan: AsyncClient
) -> None:
    async with client(app, "britta") as britta, client(app, "hosthaven") as partner:
        for reader, audiences in ((jan, {"acme"}), (britta, {"brightwater"}), (partner, set())):
            texts = await read_everything(reader, app, june.ids, QUERIES)
            assert june.marks.strays(texts, audiences) == []
    seen_by_staff = june.marks.seen(await read_everything(theo, app, june.ids, QUERIES))
    assert {"POST /v1/waivers reason", "POST /v1/reviews/{review}/publish reason"} <= seen_by_staff
    seen = june.marks.seen(await read_everything(jan, app, june.ids, QUERIES))
    for written_in in (
        "PUT /v1/agreements/{agreement} penalties",
        "PUT /v1/agreements/{agreement} price",
        "POST /v1/agreements/{agreement}/comments comment",
        "POST /v1/reviews/{review}/minutes text",
        "POST /v1/reviews/{review}/breach-comments text",
        "who signed",
    ):
        assert written_in in seen, "a search that finds nothing would prove nothing"


async def test_an_answer_to_a_change_shows_no_more(june: June, app: FastAPI) -> None:
    """Also where it is refused with the present state."""
    async with client(app, "britta") as britta:
        stale = await britta.post(f"{AGREEMENT}/approve", headers={"If-Match": '"0"'})
        assert stale.status_code == 412
        assert june.marks.strays({"approve": stale.text}, {"brightwater"}) == []
        comment = await britta.post(f"{AGREEMENT}/comments", json={"comment": "And we?"})
        assert comment.status_code == 404
        assert (await britta.get(f"{AGREEMENT}/comments")).status_code == 404


async def test_an_outage_of_everybody_does_not_lead_to_the_ticket_behind_it(
    june: June, jan: AsyncClient, theo: AsyncClient
) -> None:
    outage = june.ids["outage"][1]
    assert (await theo.get(f"/v1/outages/{outage}")).json()["ticket_id"] is not None
    assert (await jan.get(f"/v1/outages/{outage}")).json()["ticket_id"] is None
    figures = (await jan.get("/v1/reviews/acme-2026-06")).json()["report"]
    causes = {one["key"]: one["cause"] for one in figures["outages"]}
    assert causes[outage] == ""


async def test_an_event_names_all_whom_an_agreement_covers_whoever_signed_it(june: June) -> None:
    """The contact who signs sees no other customer's row, the event names them all the same."""
    agreed = [one for one in await outbox_events(june.database) if one.type.endswith("agreed.v1")]
    assert {tuple(one.body["customers"]) for one in agreed if "agreement" in one.type} == {
        ("acme", "brightwater")
    }


async def test_events_carry_of_all_words_titles_alone(june: June) -> None:
    texts = {one.type: "" for one in await outbox_events(june.database)}
    for one in await outbox_events(june.database):
        texts[one.type] += str(one.body)
    allowed = {"a ticket's title", "POST /v1/services description", "the name of a series"}
    shown = {
        f"{type_}: {written_in}"
        for word, (written_in, _) in june.marks.planted.items()
        for type_, text in texts.items()
        if word in text and written_in not in allowed
    }
    assert shown <= {
        "opsdesk.maintenance.announced.v1: the title of a maintenance",
        # What was agreed in a review of the customer, which the customer reads too.
        "opsdesk.review.action_agreed.v1: POST /v1/reviews/{review}/actions title",
        "opsdesk.review.action_due.v1: POST /v1/reviews/{review}/actions title",
    }


@pytest.mark.parametrize(("customer", "other"), [("acme", "brightwater"), ("brightwater", "acme")])
async def test_the_database_keeps_rows_apart_for_one_who_forgets_every_where(
    june: June, customer: str, other: str
) -> None:
    """Rows, not columns: of a row that two customers share the database shows all."""
    shared = {"agreement_versions", "services", "service_versions", "calendars", "agreements"}
    rows = await rows_without_where(june.database, customer)
    assert {"clocks", "tickets", "reviews", "agreement_comments", "waivers"} <= rows.keys()
    for table, texts in rows.items():
        apart = {} if table in shared else {table: "\n".join(texts)}
        strays = june.marks.strays(apart, {customer, "staff"})
        assert strays == []
    assert rows["tickets"], "the own rows are seen"
    assert all(f'"{other}"' not in text for text in rows["tickets"] + rows["customers"])
