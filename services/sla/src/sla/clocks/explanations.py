"""Load everything that explains a clock."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import structs

from common.persistence.database import Connection
from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.clauses import Window, maintenance_windows
from sla.agreements.store import agreements
from sla.calendars import store as calendars
from sla.calendars.store import CalendarVersion
from sla.clocks.commands import load_timetables
from sla.clocks.domain.clock import Clock, Input, InputKind, Timetables
from sla.clocks.domain.explanation import explain_intervals
from sla.clocks.domain.explanation_report import ExplanationReport, Promise
from sla.clocks.domain.snapshot import take_snapshot
from sla.clocks.domain.story import Story, StoryNames
from sla.clocks.domain.story_events import tell_story
from sla.clocks.domain.ticket_clock import TicketClock
from sla.clocks.store import approvals, inputs
from sla.directory.store.people import names_of_accounts

Reader = Literal["staff", "customer", "partner"]
ENDED_WITHOUT_REASON: Final = "it ended with the ticket or its contract"
UNNAMED_REASONS: Final[Mapping[InputKind, str]] = {
    "cancelled": ENDED_WITHOUT_REASON,
    "merged": ENDED_WITHOUT_REASON,
    "opened_earlier": "the ticket began earlier",
    "opened_later": "the ticket began later",
}
"""Why something happened to a clock, for those who may not read what happened to the ticket."""


@dataclass(frozen=True, slots=True)
class ClockExplanation:
    """A clock with its explanation, the timetables by which it counted, and whether by a house default.

    A partner's person, as its `reader`, is told nothing of the ticket but its key.
    """

    ticket_clock: TicketClock
    report: ExplanationReport
    tables: Timetables
    house_defaults: Collection[UUID]
    reader: Reader = "staff"


async def explain(
    tx: Connection,
    ticket_clock: TicketClock,
    at: datetime,
    zone: str | None,
    *,
    reader: Reader = "staff",
) -> ClockExplanation:
    """Explain a clock as it is at `at`; instants are told in `zone`, by default its agreement's, and its
    calendar's where there is none.

    To a partner it says nothing of the ticket but its key, and no reasons that name others; approvals that
    came too late are for staff (C11).
    """
    stored = [one.input for one in await inputs.list_by_clock(tx, ticket_clock.id)]
    if reader == "partner":
        ticket_clock, stored = without_reasons(ticket_clock, stored)
    clock, version = ticket_clock.clock, ticket_clock.ticket.agreement_version
    extra_terms = [one.terms for one in stored if one.terms is not None]
    tables = await load_timetables(tx, [ticket_clock], extra_terms)
    versions = await agreements.get_versions(tx, _version_ids(stored, version))
    hours = [one for id in tables if (one := await calendars.find(tx, id)) is not None]
    names = StoryNames(
        ZoneInfo(zone or _zone_of(versions.get(version) if version else None, clock, tables)),
        {one.id: f"{one.key} (version {one.version})" for one in hours},
        {id: f"agreement {one.key} (version {one.version})" for id, one in versions.items()},
        await approvals.list_approvals(tx, _approval_ids(stored)),
    )
    late = await approvals.list_late(tx, ticket_clock) if reader == "staff" else ()
    story = tell_story(clock.metric, clock.contract, stored, tables, names, version, late)
    maintenance = await _load_maintenance(
        tx, ticket_clock, versions.get(version) if version else None, at
    )
    report = ExplanationReport(
        str(ticket_clock.id),
        heading(ticket_clock, with_title=reader != "partner"),
        describe_promises(story, names, {one.id: one for one in hours}),
        clock,
        take_snapshot(clock, at, tables),
        explain_intervals(clock, at, tables, maintenance),
        story,
        at,
        names,
        await names_of_accounts(tx, _accounts(story, names)),
    )
    defaults = await agreements.find_house_defaults(tx, {version} - {None})
    return ClockExplanation(ticket_clock, report, tables, defaults, reader)


def without_reasons(
    ticket_clock: TicketClock, stored: Sequence[Input]
) -> tuple[TicketClock, list[Input]]:
    """The clock and its inputs without the reasons that name other tickets, services or people."""
    clock = ticket_clock.clock
    if clock.cancelled is not None:
        clock = structs.replace(clock, cancelled=ENDED_WITHOUT_REASON)
    bare = [structs.replace(one, reason=UNNAMED_REASONS.get(one.kind)) for one in stored]
    return structs.replace(ticket_clock, clock=clock), bare


def _zone_of(agreement: Agreement | None, clock: Clock, tables: Timetables) -> str:
    """The zone of the contract, in which its dates are written; without one that of its hours."""
    if agreement is not None:
        return agreement.timezone
    return tables[clock.terms.calendar].calendar.zone.name


def heading(ticket_clock: TicketClock, *, with_title: bool = True) -> str:
    """The ticket, the metric and for or by whom it is promised."""
    ticket, metric = ticket_clock.ticket, ticket_clock.clock.metric.replace("_", " ")
    party = {
        "sla": f"for {ticket.customer}",
        "ola": "by second level",
        "uc": f"by {ticket_clock.partner}",
    }
    promise = f"{metric} {party[ticket_clock.clock.contract]}, {ticket.priority}"
    named = f"{ticket.key} {ticket.title}" if with_title else ticket.key
    return f"{named}: {promise}"


def describe_promises(
    story: Story, names: StoryNames, hours: Mapping[UUID, CalendarVersion]
) -> list[Promise]:
    """The versions of agreement and calendar under which the clock ran, each from when on."""
    promises = []
    for period in story.periods:
        one = hours[period.calendar]
        zone = f"{one.definition['timezone']}, tz {one.tz_version}"
        text = f"calendar {one.key} (version {one.version}, {zone})"
        if period.agreement_version is not None:
            text = f"{names.agreements[period.agreement_version]}, {text}"
        promises.append(
            Promise(period.start, text, period.agreement_version, one.id, one.tz_version)
        )
    return promises


def _version_ids(stored: Sequence[Input], version: UUID | None) -> set[UUID]:
    ids = {one.former_version for one in stored} | {version}
    return {id for id in ids if id is not None}


def _approval_ids(stored: Sequence[Input]) -> set[UUID]:
    return {one.waiver.waiver_id for one in stored if one.waiver is not None}


def _accounts(story: Story, names: StoryNames) -> set[str]:
    acted = {account for event in story.events for account in event.by}
    deciders = {one.decided_by for one in names.approvals.values() if one.decided_by is not None}
    return acted | deciders


async def _load_maintenance(
    tx: Connection, ticket_clock: TicketClock, agreement: Agreement | None, at: datetime
) -> list[Window]:
    if agreement is None:
        return []
    weekly = agreement.maintenance.weekly
    tables = await calendars.load_timetables(tx, [weekly] if weekly else [])
    return maintenance_windows(agreement.maintenance, tables, ticket_clock.clock.opened_at, at)
