"""A link that acknowledges: good once, for its person and case, unforgeable; looking changes nothing (E5, R1)."""

import io
import re
from typing import Any

import pytest
from httpx import AsyncClient

from common.persistence.database import Database
from common.telemetry import line_log
from common.telemetry.line_log import configure_line_log
from common.telemetry.logs import configure_logs
from escalation.cases import store as cases
from escalation.handlers import HANDLERS
from escalation.notifications.notifier import Notifier
from escalation.settings import EscalationSettings
from escalation_support.builders import threshold_reached
from escalation_support.database_state import run_sql
from escalation_support.links import (
    KEY,
    OTHER_KEY,
    Browser,
    case_of,
    links_of,
    with_keys,
)
from opsdesk_testing.mailboxes import Mailbox
from opsdesk_testing.protocol import deliver
from opsdesk_testing.waiting import until

PATH = "/v1/escalations/ESC-1"
REVOKED = (
    "INSERT INTO revoked_callers (kind, name, issued_until, expires_at, revoked_by) VALUES"
    " ('person', 'sven', statement_timestamp(), statement_timestamp() + interval '1 day', 'theo')"
)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_what_scans_mails_changes_nothing(
    browser: Browser, theo: AsyncClient, link: str, method: str
) -> None:
    before = (await theo.get(PATH)).headers["ETag"]
    for _ in range(3):
        answer = await browser.ask(method, link)
        assert answer.status_code == 200
        assert (method == "HEAD") == (answer.text == "")
    after = await theo.get(PATH)
    assert (after.headers["ETag"], after.json()["state"]) == (before, "open")


async def test_a_used_link_does_not_take_a_case_that_is_open_again(
    database: Database,
    browser: Browser,
    theo: AsyncClient,
    link: str,
    notifier: Notifier,
    mailbox: Mailbox,
) -> None:
    """Replayed: each message has its own link, which is good for one time."""
    await browser.ask("POST", link)
    assert (await theo.post(f"{PATH}/escalate")).is_success
    assert (await case_of(theo))["state"] == "open"
    again = await browser.ask("POST", link)
    assert again.status_code == 409
    assert "it is open again" in again.text
    assert (await case_of(theo))["state"] == "open"
    await notifier.send_ready()
    (newer,) = links_of(mailbox, "theo")
    assert "You have taken it" in (await browser.ask("POST", newer)).text
    assert (await case_of(theo))["acknowledged_by"] == ["theo"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE people SET retired = true WHERE sub = 'sven'",
        "UPDATE people SET roles = '{partner}' WHERE sub = 'sven'",
        "UPDATE people SET roles = '{}' WHERE sub = 'sven'",
        REVOKED,
    ],
)
async def test_whoever_has_left_or_may_not_any_more_is_refused(
    database: Database, browser: Browser, theo: AsyncClient, link: str, change: str
) -> None:
    await run_sql(database, change)
    for method in ("GET", "POST"):
        answer = await browser.ask(method, link)
        assert answer.status_code == 403
        assert "OPS-1042" not in answer.text
        assert "<form" not in answer.text
    assert (await case_of(theo))["acknowledged_by"] == []


async def test_forged_changed_and_foreign_links_are_none_of_ours(
    database: Database, settings: EscalationSettings, browser: Browser, theo: AsyncClient, link: str
) -> None:
    signed = link.removeprefix("/ack/")
    forged = [
        signed[:-1] + ("A" if signed[-1] != "A" else "B"),
        signed[:-1],
        f"{signed}A",
        "x" * 64,
        "%E2%80%AE",
    ]
    for one in forged:
        for method in ("GET", "POST"):
            answer = await browser.ask(method, f"/ack/{one}")
            assert answer.status_code == 404, one
            assert "OPS-1042" not in answer.text
    elsewhere = Browser(database, with_keys(settings, OTHER_KEY))
    assert (await elsewhere.ask("POST", link)).status_code == 404, "another house's key"
    without = Browser(database, with_keys(settings, None))
    assert (await without.ask("POST", link)).status_code == 404
    rotated = Browser(database, with_keys(settings, f"{OTHER_KEY}, {KEY}"))
    assert (await case_of(theo))["acknowledged_by"] == []
    assert (await rotated.ask("POST", link)).status_code == 200
    assert (await case_of(theo))["acknowledged_by"] == ["sven"]


async def test_a_link_takes_its_own_case_for_its_own_person(
    database: Database,
    browser: Browser,
    theo: AsyncClient,
    link: str,
    notifier: Notifier,
    mailbox: Mailbox,
) -> None:
    other = threshold_reached(clock_id="00000000-0000-0000-0000-00000000c102")
    await deliver(database, HANDLERS, (other, 1))
    await notifier.send_ready()
    second = links_of(mailbox, "sven")[-1]
    assert second != link
    await browser.ask("POST", second)
    assert (await case_of(theo))["state"] == "open"
    assert (await theo.get("/v1/escalations/ESC-2")).json()["acknowledged_by"] == ["sven"]


async def test_the_page_loads_nothing_and_stands_in_no_frame(browser: Browser, link: str) -> None:
    answer = await browser.ask("GET", link)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"<script|<img|<link|src=|\son\w+=", answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_one_link_is_not_opened_without_end_and_its_neighbours_are(
    browser: Browser, link: str
) -> None:
    for _ in range(60):
        assert (await browser.ask("GET", link)).status_code == 200
    limited = await browser.ask("POST", link)
    assert limited.status_code == 429
    assert int(limited.headers["retry-after"]) > 0
    assert "Wait for a minute." in limited.text
    assert (await browser.ask("GET", "/ack/" + "x" * 64)).status_code == 404


async def test_strangers_behind_the_same_address_lock_out_nobody_who_is_paged(
    database: Database, settings: EscalationSettings, theo: AsyncClient, link: str
) -> None:
    narrow = Browser(database, settings.model_copy(update={"requests_per_minute": 20}))
    answers = [await narrow.ask("GET", f"/ack/{'x' * 63}{number}") for number in range(9)]
    assert {one.status_code for one in answers} == {404, 429}, "the address is blocked by then"
    assert (await narrow.ask("GET", link)).status_code == 200
    assert "You have taken it" in (await narrow.ask("POST", link)).text
    assert (await case_of(theo))["acknowledged_by"] == ["sven"]


async def _fail(*_: Any) -> Any:
    raise RuntimeError("it broke")


async def test_the_signed_part_is_in_no_log(
    browser: Browser, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests, logs = io.StringIO(), io.StringIO()
    monkeypatch.setattr(line_log._Configured, "log", None)
    configure_line_log("escalation", "json", requests)
    configure_logs("escalation", "json", logs)
    try:
        for method in ("GET", "POST", "POST", "DELETE"):
            await browser.ask(method, link)
        monkeypatch.setattr(cases, "list_entries", _fail)
        assert (await browser.ask("POST", link)).status_code == 500
        await until(lambda: requests.getvalue().count("\n") >= 5)
    finally:
        configure_logs("test", "json")
    signed = link.removeprefix("/ack/")
    assert '"route": "/ack/{signed}"' in requests.getvalue()
    assert "http.unexpected" in logs.getvalue()
    for written in (requests.getvalue(), logs.getvalue()):
        assert signed not in written
        assert signed[:20] not in written
