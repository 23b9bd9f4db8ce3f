"""The explanation of a clock: as data, text and chart (C9)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from xml.etree import ElementTree

from httpx import AsyncClient

from common.events.tickets import (
    TicketOnHold,
    TicketPrioritised,
    TicketReopened,
    TicketResolved,
    TicketResumed,
)
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.agreements.domain.agreement import Terms
from sla.calendars.domain.calendar import Calendar, parse_hours
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla.clocks.domain.clock import Input
from sla.clocks.domain.explanation_report import ExplanationReport, sum_by_reason
from sla.clocks.domain.explanation_text import render_text
from sla.clocks.explanation_chart import render_svg
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import resolution_clock
from sla_support.company import HOUR, NINE, announce_people, promise, ticket_event, ticket_opened
from sla_support.explained import explained

OFFICE = UUID(int=1)
ZONE = read_zone("Europe/Amsterdam")
WEEK = (parse_hours([("08:00", "17:00")]),) * 5 + ((), ())
THURSDAY, WEDNESDAY = date(2026, 6, 4), date(2026, 6, 3)
TABLES = {
    OFFICE: Timetable(
        Calendar(
            ZONE,
            WEEK,
            {THURSDAY: "Corpus <Christi>"},
            breaks={WEDNESDAY: parse_hours([("12:00", "13:00"), ("15:00", "16:00")])},
        )
    )
}


def build_report(days: float = 4) -> ExplanationReport:
    opening = Input(1, "opened", NINE, NINE, Terms(16 * HOUR, OFFICE))
    waits = [
        Input(0, "on_hold", NINE + 5 * HOUR, NINE),
        Input(0, "resumed", NINE + 25 * HOUR, NINE),
    ]
    window = (datetime(2026, 6, 3, 13, tzinfo=UTC), datetime(2026, 6, 3, 14, tzinfo=UTC))
    return explained(
        "resolution",
        [opening, *waits],
        NINE + timedelta(days=days),
        TABLES,
        heading="OPS-1 Less & <more>",
        maintenance=[window],
    )


def test_every_interval_has_its_reason_and_they_add_up() -> None:
    report = build_report()
    assert [(one.reason, one.name) for one in report.intervals] == [
        ("counted", None),
        ("waiting_on_customer", None),
        ("counted", None),
        ("closed_hours", None),
        ("counted", None),
        ("break", None),
        ("counted", None),
        ("maintenance", None),
        ("counted", None),
        ("closed_hours", None),
        ("holiday", "Corpus <Christi>"),
        ("closed_hours", None),
        ("counted", None),
    ]
    assert sum((one.counted for one in report.intervals), timedelta(0)) == report.snapshot.counted
    assert (
        sum(sum_by_reason(report.intervals).values(), timedelta(0))
        == report.as_of - report.clock.opened_at
    )


def test_in_words_ends_with_the_sum() -> None:
    lines = render_text(build_report()).splitlines()
    assert lines[1] == "running: breached at Wed 3 Jun 2026 12:00"
    assert lines[-3:] == [
        f"{'counted in all':<48}{'= 20 hr':>22}",
        f"{'promised':<48}{'16 hr':>22}",
        f"{'too much':<48}{'4 hr':>22}",
    ]
    assert any(line.endswith("holiday (Corpus <Christi>)") for line in lines)
    assert any(line.endswith("warned, 50 % used up") for line in lines)
    assert max(map(len, lines)) <= 100


def test_the_picture_is_whole_and_says_no_more_than_it_should() -> None:
    for days in (0, 0.5, 4, 300):
        root = ElementTree.fromstring(render_svg(build_report(days)))
        drawn = [one for one in root.iter() if one.tag.endswith("rect")]
        assert all(float(one.get("width", "0")) >= 0 for one in drawn)
        (heading,) = [one for one in root if one.tag.endswith("title")]
        assert (heading.text or "").startswith("OPS-1 Less & <more>. ")


async def test_it_is_told_as_it_is_asked_for(database: Database, theo: AsyncClient) -> None:
    await promise(database, metrics=("resolution",))
    wait = ticket_event(TicketOnHold, 1, NINE + HOUR, waiting_on="customer")
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (wait, 2))
    await deliver(database, HANDLERS, (ticket_event(TicketResumed, 1, NINE + 2 * HOUR), 3))
    await freeze_time(database, NINE + 7 * HOUR)
    await fire_due(database, TIMERS)
    address = f"/v1/clocks/{(await resolution_clock(database)).id}/explanation"
    data = (await theo.get(address)).json()
    assert data["promise"].startswith(
        "agreement acme-standard (version 1), calendar office (version"
    )
    assert sum(one["elapsed_seconds"] for one in data["intervals"]) == data["elapsed_seconds"]
    words = await theo.get(address, params={"format": "text", "zone": "America/New_York"})
    assert "Mon 1 Jun 2026 04:00" in words.text
    assert words.headers["content-type"] == "text/plain; charset=utf-8"
    assert (await theo.get(address, headers={"Accept": "text/plain"})).text.count("waiting") == 1
    drawn = await theo.get(address + ".svg")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    again = await theo.get(address, headers={"Accept": "image/svg+xml"})
    assert again.text == drawn.text
    wrong = await theo.get(address, params={"zone": "../etc/passwd"})
    assert wrong.status_code == 422


async def test_people_are_named_and_the_versions_of_each_interval_are_told(
    database: Database, theo: AsyncClient, jan: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    await announce_people(database, "anna", "gina")
    raised = ticket_event(
        TicketPrioritised,
        1,
        NINE + HOUR,
        priority="blocker",
        previous="major",
        by="anna",
        confirmed_by="gina",
    )
    solved = ticket_event(TicketResolved, 1, NINE + 2 * HOUR, by="anna", priority="blocker")
    back = ticket_event(
        TicketReopened, 1, NINE + 3 * HOUR, by="jan", priority="blocker", by_customer=True
    )
    await freeze_time(database, NINE + 4 * HOUR)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (raised, 2))
    await deliver(database, HANDLERS, (solved, 3), (back, 4))
    clock = (await resolution_clock(database)).id
    data = (await theo.get(f"/v1/clocks/{clock}/explanation")).json()
    happened = [(one["kind"], one["by"]) for one in data["events"]]
    assert ("terms_changed", ["Anna", "Gina"]) in happened
    assert ("stopped", ["Anna"]) in happened
    assert ("reopened", []) in happened  # a contact is named by no account: who may be erased
    (change,) = [one["text"] for one in data["events"] if one["kind"] == "terms_changed"]
    assert change.startswith(
        "another priority (priority major to blocker): 2 hr promised instead of 8 hr"
    )
    assert [one["promise"].split(", calendar ")[1].split(" (")[0] for one in data["promises"]] == [
        "office",
        "round",
    ]
    assert data["promises"][-1]["promise"] == data["promise"]
    assert "by Anna and Gina" in (await jan.get(f"/v1/clocks/{clock}/explanation?format=text")).text
    dark = await theo.get(f"/v1/clocks/{clock}/explanation.svg", params={"theme": "dark"})
    assert dark.text != (await theo.get(f"/v1/clocks/{clock}/explanation.svg")).text
    assert (
        await theo.get(f"/v1/clocks/{clock}/explanation.svg", params={"theme": "pink"})
    ).status_code == 422


async def test_a_replay_as_known_then_is_the_clock_as_it_was_read_then(
    database: Database, theo: AsyncClient
) -> None:
    """The same fields with the same meaning: elapsed time was that of closed segments alone."""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    then = NINE + 3 * HOUR
    await freeze_time(database, then)
    address = f"/v1/clocks/{(await resolution_clock(database)).id}"
    read_then = (await theo.get(address)).json()
    assert read_then["elapsed_seconds"] == 3 * 3600
    await freeze_time(database, NINE + 7 * HOUR)
    wait = ticket_event(TicketOnHold, 1, NINE + 6 * HOUR, waiting_on="customer")
    await deliver(database, HANDLERS, (wait, 2))
    await fire_due(database, TIMERS)
    known = {"as_known_at": then.isoformat()}
    replayed = (await theo.post(f"{address}/replay", json=known)).json()
    assert {name: replayed[name] for name in read_then} == read_then
    assert (replayed["identical"], replayed["inputs"]) == (None, 1)
    now = (await theo.post(f"{address}/replay", json={})).json()
    read_now = (await theo.get(address)).json()
    assert {name: now[name] for name in read_now} == read_now
    assert now["identical"] is True


async def test_a_waiver_that_came_too_late_is_told_to_staff_alone(
    database: Database, theo: AsyncClient, gina: AsyncClient, jan: AsyncClient
) -> None:
    """C11: it changes nothing, and stays on record"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    clock = (await resolution_clock(database)).id
    request = {"clock_id": str(clock), "reason": "The supplier is down"}
    asked = await theo.post("/v1/waivers", json=request | {"expires_at": "2026-06-08T07:00:00Z"})
    assert asked.status_code == 201, asked.text
    key = asked.json()["key"]
    period = {"customer": "acme", "starts_at": "2026-06-01T07:00:00Z"}
    period |= {"ends_at": "2026-06-01T16:00:00Z", "reason": "A storm"}
    of_day = (await theo.post("/v1/waivers", json=period)).json()["key"]
    await freeze_time(database, NINE + 10 * HOUR)
    await fire_due(database, TIMERS)
    for one in (key, of_day):
        approved = await gina.post(f"/v1/waivers/{one}/approve")
        assert approved.json()["late"] is True, approved.text
    path = f"/v1/clocks/{clock}/explanation?format=text"
    text = " ".join((await theo.get(path)).text.split())
    for one in (key, of_day):
        assert f"waiver {one} was approved too late: it covers nothing, by Gina" in text
    assert "running: breached at" in text
    assert "too late" not in (await jan.get(path)).text
    kinds = [
        one["kind"] for one in (await theo.get(f"/v1/clocks/{clock}/explanation")).json()["events"]
    ]
    assert kinds[-2:] == ["waiver_too_late", "waiver_too_late"]


async def test_times_are_told_in_the_agreements_zone(database: Database, theo: AsyncClient) -> None:
    """Its dates are written in it; hours may be those of another zone"""
    await promise(database, metrics=("resolution",), timezone="America/New_York")
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    clock = (await resolution_clock(database)).id
    path = f"/v1/clocks/{clock}/explanation?format=text"
    text = (await theo.get(path)).text
    assert "Times are in America/New_York." in text
    assert "Mon 1 Jun 2026 03:00" in text
    assert "Times are in Asia/Tokyo." in (await theo.get(f"{path}&zone=Asia/Tokyo")).text
