"""The knowledge base: who writes, publishes, reads, finds and rates articles (R1, R11)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake.articles.domain.personal_data import without_personal_data
from intake.timers import TIMERS
from intake_support.alerts import NINE
from intake_support.tickets import act, open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.protocol import fire_due, freeze_time, outbox_events

BODY = "Open the queue, take the invoice that blocks it, and start the sender again."
ARTICLE = {"title": "Invoices are not sent", "body": BODY, "language": "en"}


async def write(who: AsyncClient, **more: Any) -> str:
    answer = await who.post("/v1/articles", json=ARTICLE | more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["key"])


async def published(anna: AsyncClient, omar: AsyncClient, **more: Any) -> str:
    key = await write(anna, **more)
    answer = await omar.post(f"/v1/articles/{key}/publish", json={"version": 1})
    assert answer.status_code == 200, answer.text
    return key


async def keys(who: AsyncClient, **query: Any) -> list[str]:
    answer = await who.get("/v1/articles", params=query)
    assert answer.status_code == 200, answer.text
    return [one["key"] for one in answer.json()["items"]]


@pytest.fixture
async def quin(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    async with client(app, "quin") as quin:
        yield quin


async def test_whoever_wrote_a_version_does_not_publish_it(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    key = await write(anna)
    alone = await anna.post(f"/v1/articles/{key}/publish", json={"version": 1})
    assert (alone.status_code, alone.json()["code"]) == (403, "FOUR_EYES")
    shown = (await omar.post(f"/v1/articles/{key}/publish", json={"version": 1})).json()
    assert (shown["state"], shown["published_by"]) == ("published", "omar")
    again = await omar.post(f"/v1/articles/{key}/publish", json={"version": 1})
    assert again.json()["code"] == "PUBLISHED"


async def test_a_next_version_hides_nothing_that_is_published(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient
) -> None:
    key = await published(anna, omar, audience="customer")
    text = {"title": "Invoices wait", "body": "A better text.", "audience": "customer"}
    written = await omar.post(f"/v1/articles/{key}/versions", json=text)
    assert (written.status_code, written.json()["version"]) == (201, 2)
    assert (await jan.get(f"/v1/articles/{key}")).json()["title"] == "Invoices are not sent"
    assert (await omar.get(f"/v1/articles/{key}?version=2")).json()["title"] == "Invoices wait"
    assert (await anna.post(f"/v1/articles/{key}/publish", json={"version": 2})).is_success
    assert (await jan.get(f"/v1/articles/{key}")).json()["title"] == "Invoices wait"
    versions = (await anna.get(f"/v1/articles/{key}/versions")).json()["items"]
    assert [one["version"] for one in versions] == [2, 1]


async def test_a_contact_sees_published_articles_for_customers_alone(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient
) -> None:
    for_staff = await published(anna, omar)
    draft = await write(anna, audience="customer")
    for_customers = await published(anna, omar, audience="customer")
    retired = await published(anna, omar, audience="customer")
    assert (await act_on(anna, retired, "retire", reason="Wrong")).is_success
    assert await keys(jan) == [for_customers]
    assert await keys(jan, state="draft", audience="internal", q="invoices") == [for_customers]
    assert set(await keys(anna)) == {for_staff, draft, for_customers}
    for hidden in (for_staff, draft, retired):
        assert (await jan.get(f"/v1/articles/{hidden}")).status_code == 404
    shown = (await jan.get(f"/v1/articles/{for_customers}")).json()
    assert "owner" not in shown
    assert "written_by" not in shown
    assert (await jan.get(f"/v1/articles/{for_customers}/feedback")).status_code == 403
    assert (await jan.post("/v1/articles", json=ARTICLE)).status_code == 403


async def act_on(who: AsyncClient, key: str, action: str, **body: Any) -> Any:
    return await who.post(f"/v1/articles/{key}/{action}", json=body or None)


async def test_words_as_somebody_writes_them_find_the_article_that_fits_best(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    invoices = await published(anna, omar)
    printing = await published(anna, omar, title="Printer has no paper", body="Add invoices paper.")
    dutch = await published(
        anna,
        omar,
        title="Facturen worden niet verstuurd",
        body="Herstart de wachtrij.",
        language="nl",
    )
    assert (await keys(anna, q="since noon no invoice is sent to anybody"))[0] == invoices
    assert await keys(anna, q="printers") == [printing]
    assert await keys(anna, q="de factuur is niet verstuurd") == [dutch]
    assert await keys(anna, q="'; DROP TABLE articles; -- \\ ' |&!") == []
    assert await keys(anna, q="invoice", language="nl") == []


async def test_pages_of_what_was_found_are_complete_and_in_order(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    expected = {await published(anna, omar, title=f"Invoices {n}") for n in range(5)}
    found: list[str] = []
    query: dict[str, Any] = {"q": "invoices sent", "limit": 2}
    while True:
        page = (await anna.get("/v1/articles", params=query)).json()
        found += [one["key"] for one in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert len(found) == len(expected)
    assert set(found) == expected


async def test_articles_are_suggested_for_a_ticket(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient
) -> None:
    staff_only = await published(anna, omar)
    shared = await published(anna, omar, title="Invoices wait in a queue", audience="customer")
    await write(anna, title="Invoices: a draft")
    opened = await jan.post(
        "/v1/tickets", json={"title": "No invoice is sent", "environment": "acme-prod"}
    )
    path = f"/v1/tickets/{opened.json()['key']}/suggested-articles"
    of_staff = [one["key"] for one in (await anna.get(path)).json()["items"]]
    assert sorted(of_staff) == sorted([staff_only, shared])
    assert [one["key"] for one in (await jan.get(path)).json()["items"]] == [shared]


async def test_a_ticket_becomes_an_article_in_one_step_without_whom_it_was_about(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    key = await open_ticket(anna, title="Jan at Acme cannot sign in")
    early = await anna.post(f"/v1/tickets/{key}/article")
    assert (early.status_code, early.json()["code"]) == (409, "NOT_RESOLVED")
    resolution = "Jan (jan@acme.example, +31 20 123 4567) on acme-prod had 10.0.0.7 blocked."
    assert (await act(anna, key, "resolve", resolution=resolution)).is_success
    made = await anna.post(f"/v1/tickets/{key}/article")
    assert made.status_code == 201, made.text
    article = made.json()
    assert article["title"] == "[name] at [customer] cannot sign in"
    assert (
        "[name] ([address], [number]) on [environment] had [IP address] blocked." in article["body"]
    )
    assert (article["state"], article["audience"]) == ("draft", "internal")
    twice = await omar.post(f"/v1/tickets/{key}/article")
    assert (twice.status_code, twice.json()["code"]) == (409, "ARTICLE_EXISTS")


def test_a_name_within_a_word_and_a_version_number_stay() -> None:
    text = "Janitor 1.4.2 of 2026-01-02 took 120000 ms"
    assert without_personal_data(text, ["Jan Li"], {"acme": "[customer]"}) == text


async def test_an_article_for_customers_names_none_of_them(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    key = await write(
        anna, body="As at Brightwater, restart it. Ask {{contact}}.", audience="customer"
    )
    refused = await omar.post(f"/v1/articles/{key}/publish", json={"version": 1})
    assert refused.status_code == 422
    found = [one["code"] for one in refused.json()["findings"]]
    assert found == ["unfilled_placeholder", "other_customer"]


async def test_the_owner_is_reminded_when_the_review_is_due_and_again_until_it_is_done(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    key = await published(anna, omar, review_days=30, owner="omar")
    assert await reminders(database) == []
    for days, count in ((29, 0), (30, 1), (36, 1), (37, 2)):
        await freeze_time(database, NINE + timedelta(days=days))
        await fire_due(database, TIMERS)
        assert len(await reminders(database)) == count, days
    assert (await reminders(database))[0]["owner"] == "omar"
    due = {"review_due_by": "2030-02-07T00:00:00Z"}
    assert await keys(omar, **due) == [key]
    assert (await act_on(omar, key, "review")).is_success
    assert await keys(omar, **due) == []
    await freeze_time(database, NINE + timedelta(days=60))
    await fire_due(database, TIMERS)
    assert len(await reminders(database)) == 2


async def reminders(database: Database) -> list[Any]:
    return [one.body for one in await outbox_events(database) if one.type.endswith("review_due.v1")]


async def test_feedback_is_counted_by_version_and_its_words_are_for_staff(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, britta: AsyncClient
) -> None:
    key = await published(anna, omar, audience="customer")
    feedback = {"helpful": False, "comment": "Which queue?"}
    assert (await act_on(jan, key, "feedback", **feedback)).status_code == 201
    assert (await act_on(britta, key, "feedback", helpful=True)).status_code == 201
    shown = (await anna.get(f"/v1/articles/{key}")).json()
    assert (shown["helpful"], shown["not_helpful"]) == (1, 1)
    items = (await anna.get(f"/v1/articles/{key}/feedback")).json()["items"]
    assert [one["comment"] for one in items] == [None, "Which queue?"]
    hidden = await write(anna)
    assert (await act_on(jan, hidden, "feedback", helpful=True)).status_code == 404


async def test_an_unknown_owner_is_refused(anna: AsyncClient) -> None:
    refused = await anna.post("/v1/articles", json=ARTICLE | {"owner": "omarr"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_reference")


async def test_a_retired_article_is_written_and_published_no_more(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    key = await write(anna)
    assert (await act_on(anna, key, "retire", reason="Not needed")).is_success
    text = {"title": "Again", "body": "More text"}
    for answer in (
        await anna.post(f"/v1/articles/{key}/versions", json=text),
        await omar.post(f"/v1/articles/{key}/publish", json={"version": 1}),
        await act_on(anna, key, "retire", reason="Twice"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "RETIRED")
    assert (await act_on(anna, key, "review")).json()["code"] == "NOT_PUBLISHED"
