"""A case is taken by the link in a message, without a sign-in (E5)."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from httpx import AsyncClient

from common.events.clocks import ClockMet
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation.notifications import store as notifications
from escalation.notifications.notifier import Notifier
from escalation.timers import TIMERS
from escalation_support.builders import MINUTE, NIGHT, clock_event, threshold_reached
from escalation_support.database_state import run_sql
from escalation_support.http_setup import POLICY, set_up
from escalation_support.links import Browser, case_of, links_of
from opsdesk_testing.mailboxes import Mailbox
from opsdesk_testing.protocol import deliver, fire_due, freeze_time

PATH = "/v1/escalations/ESC-1"


async def test_who_is_paged_takes_it_without_signing_in(
    database: Database, browser: Browser, theo: AsyncClient, link: str, notifier: Notifier
) -> None:
    shown = await browser.ask("GET", link)
    assert shown.status_code == 200
    assert "For Sven Lindqvist alone." in shown.text
    assert "ESC-1: OPS-1042: time for resolution is 75% used up" in unescape(shown.text)
    assert "01 Mar 2026 04:00 CET" in shown.text, "since when, in his zone"
    assert (await case_of(theo))["state"] == "open"
    taken = await browser.ask("POST", link)
    assert taken.status_code == 200
    assert "You have taken it. Nobody else is woken." in taken.text
    case = await case_of(theo)
    assert (case["state"], case["acknowledged_by"]) == ("acknowledged", ["sven"])
    await freeze_time(database, NIGHT + 30 * MINUTE)
    await fire_due(database, TIMERS)
    assert await notifier.send_ready() == 0, "no further step"
    ((who, grounds),) = await run_sql(
        database, "SELECT who, grounds FROM audit WHERE action = 'escalation.acknowledge'"
    )
    ((message,),) = await run_sql(
        database, "SELECT id FROM notifications WHERE link_used_at IS NOT NULL"
    )
    assert (who, grounds["by_link"], grounds["was"]) == ("sven", str(message), "open")


async def test_a_second_time_it_says_who_did_and_when(
    database: Database, browser: Browser, theo: AsyncClient, link: str
) -> None:
    await browser.ask("POST", link)
    taken = (await theo.get(PATH)).headers["ETag"]
    await freeze_time(database, NIGHT + 10 * MINUTE)
    again = await browser.ask("POST", link)
    assert again.status_code == 409
    assert "Already acknowledged by Sven Lindqvist at 01 Mar 2026 04:00 CET." in again.text
    assert "<form" not in again.text
    assert (await theo.get(PATH)).headers["ETag"] == taken, "nothing was added"


async def test_what_a_colleague_took_is_said_with_their_name_as_text(
    browser: Browser, theo: AsyncClient, link: str
) -> None:
    assert (await theo.post(f"{PATH}/acknowledge")).is_success
    answer = await browser.ask("POST", link)
    assert answer.status_code == 409
    assert "Already acknowledged by Theo &lt;b&gt; at" in answer.text
    assert (await case_of(theo))["acknowledged_by"] == ["theo"]


async def test_after_a_day_it_says_what_to_do(
    database: Database, browser: Browser, theo: AsyncClient, link: str
) -> None:
    day = timedelta(hours=24)
    await freeze_time(database, NIGHT + day - timedelta(seconds=1))
    assert (await browser.ask("GET", link)).status_code == 200
    await freeze_time(database, NIGHT + day)
    for method in ("GET", "POST"):
        answer = await browser.ask(method, link)
        assert answer.status_code == 410
        assert "This link held until 02 Mar 2026 04:00 CET." in answer.text
        assert "opsdesk escalations acknowledge ESC-1" in answer.text
        assert 'href="https://desk.example/escalations/ESC-1"' in answer.text
        assert "OPS-1042" not in answer.text, "it says no more about the case"
    assert (await case_of(theo))["acknowledged_by"] == []


async def test_what_is_over_is_said_to_be(database: Database, browser: Browser, link: str) -> None:
    ended = clock_event(ClockMet, stopped_at=NIGHT, elapsed_seconds=60)
    await deliver(database, HANDLERS, (ended, 2))
    answer = await browser.ask("POST", link)
    assert (answer.status_code, "This is over." in answer.text) == (409, True)


async def test_where_each_acknowledges_a_link_stops_the_own_pages_alone(
    database: Database, browser: Browser, theo: AsyncClient, notifier: Notifier, mailbox: Mailbox
) -> None:
    await set_up(theo)
    both = [{"kind": "person", "name": one} for one in ("sven", "mia")]
    steps = [{"targets": both, "delay_seconds": 300}]
    policy = POLICY | {"steps": steps, "acknowledge": "each"}
    assert (await theo.post("/v1/policies", json=policy)).is_success
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    await notifier.send_ready()
    (svens,), (mias,) = links_of(mailbox, "sven"), links_of(mailbox, "mia")
    assert "You have taken it" in (await browser.ask("POST", svens)).text
    assert "You have taken it" in (await browser.ask("POST", mias)).text
    assert (await case_of(theo))["acknowledged_by"] == ["sven", "mia"]
    assert (await browser.ask("POST", mias)).status_code == 409


async def test_only_messages_that_page_a_person_have_a_link(
    database: Database, theo: AsyncClient, notifier: Notifier, mailbox: Mailbox
) -> None:
    """Nobody has an address: the fallback contact, which is no person, is told to sign in."""
    await set_up(theo)
    await run_sql(database, "UPDATE people SET email = '' WHERE sub <> 'fallback'")
    await run_sql(
        database, "UPDATE people SET email = 'duty@meridian.example' WHERE sub = 'fallback'"
    )
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    await notifier.send_ready()
    assert [str(mail["To"]) for mail in mailbox.messages] == ["duty@meridian.example"]
    assert links_of(mailbox, "duty") == []
    assert "opsdesk escalations acknowledge ESC-1" in mailbox.messages[0].get_content()


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl-BE,nl;q=0.9", "Ik pak het op"), ("de", "Ich übernehme es"), ("fr", "Take it")],
)
async def test_it_speaks_the_readers_language(
    browser: Browser, link: str, language: str, words: str
) -> None:
    answer = await browser.ask("GET", link, language)
    assert f"<button>{words}</button>" in answer.text
    assert f'<html lang="{language[:2] if language != "fr" else "en"}">' in answer.text


async def test_trouble_is_said_as_a_page_and_what_was_begun_is_not_done(
    browser: Browser, link: str, theo: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> None:
        raise RuntimeError("it broke")

    with monkeypatch.context() as broken:
        broken.setattr(notifications, "mark_link_used", fail)
        answer = await browser.ask("POST", link)
    assert answer.status_code == 500
    assert "We cannot tell whether it was done. Open the link again" in answer.text
    assert (await case_of(theo))["state"] == "open"
    assert "You have taken it" in (await browser.ask("POST", link)).text
