"""The explanation of a clock: as data, text and chart (C9)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from httpx import AsyncClient

from common.events.tickets import TicketOnHold, TicketResumed
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.agreements.domain.agreement import Terms
from sla.calendars.domain.calendar import Calendar, parse_hours
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla.clocks.domain.clock import Input
from sla.clocks.domain.explanation import explain_intervals
from sla.clocks.domain.explanation_report import ExplanationReport
from sla.clocks.domain.explanation_text import render_text
from sla.clocks.domain.simulation import simulate
from sla.clocks.domain.snapshot import take_snapshot
from sla.clocks.explanation_chart import render_svg
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import resolution_clock
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened

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
    at = NINE + timedelta(days=days)
    run = simulate("resolution", [opening, *waits], at, TABLES)
    window = (datetime(2026, 6, 3, 13, tzinfo=UTC), datetime(2026, 6, 3, 14, tzinfo=UTC))
    intervals = explain_intervals(run.clock, at, TABLES, [window])
    snapshot = take_snapshot(run.clock, at, TABLES)
    zone = ZoneInfo("Europe/Amsterdam")
    return ExplanationReport(
        "OPS-1 Less & <more>",
        "acme-standard",
        run.clock,
        snapshot,
        intervals,
        run.firings,
        at,
        zone,
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
        ("holiday", "Corpus <Christi>"),
        ("counted", None),
    ]
    assert sum((one.counted for one in report.intervals), timedelta(0)) == report.snapshot.counted
    assert (
        sum(report.elapsed_by_reason.values(), timedelta(0))
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
