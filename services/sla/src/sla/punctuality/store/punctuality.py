"""How punctual the firings were, and the beats of the timekeepers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection, transaction_time
from sla.punctuality.domain.gaps import Beat
from sla.punctuality.store.evidence import HEARD_AT
from sla.punctuality.tables import beats


@dataclass(frozen=True, slots=True)
class Figures:
    """Of warnings and breaches. A lag runs from when one was due, or became known to be more than a
    tenth of a second later (`known_late`), to the last statement of the transaction that fired it
    (C8); None where nothing fired."""

    count: int
    early: int
    fired_without_events: int
    known_late: int
    p50: timedelta | None
    p99: timedelta | None
    longest: timedelta | None


_FIRED = f"""
    SELECT i.known_at < i.at AS early, i.fired_without_events, i.heard_at > i.at AS known_late,
        coalesce(max(f.fired_at), i.known_at) - greatest(i.at, i.heard_at) AS lag
    FROM (
        SELECT i.*, CASE WHEN i.known_at - i.at > interval '0.1 s' THEN {HEARD_AT} END AS heard_at
        FROM clock_inputs i
        WHERE i.kind = 'fired' AND i.known_at >= :since AND i.known_at < :until) AS i
    LEFT JOIN (
        SELECT subject, due_at, fired_at FROM firings
        WHERE kind = 'clock' AND fired_at >= :since AND due_at < :until) AS f
        ON f.subject = i.clock_id AND i.known_at BETWEEN f.due_at AND f.fired_at
    GROUP BY i.clock_id, i.ordinal, i.at, i.known_at, i.fired_without_events, i.heard_at
"""
"""SQL: what fired in `[since, until)`. Joined at once: one look-up each would take 30 times as long."""
_FIGURES = text(
    f"""
    WITH fired AS MATERIALIZED ({_FIRED})
    SELECT count(*) AS count, count(*) FILTER (WHERE early) AS early,
        count(*) FILTER (WHERE fired_without_events) AS fired_without_events, count(*) FILTER (WHERE known_late) AS known_late,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY lag) AS p50,
        percentile_disc(0.99) WITHIN GROUP (ORDER BY lag) AS p99, max(lag) AS longest
    FROM fired
    """
)
_OVERDUE = text(
    "SELECT count(*) FROM deadlines WHERE kind = 'clock' AND wake_at < :at AND due_at < :at"
)
_DECADES = text(
    f"""
    SELECT floor(4 * log(greatest(extract(epoch FROM lag) * 1000, 0.1)))::int AS quarter,
        count(*) AS firings
    FROM ({_FIRED}) AS fired GROUP BY 1 ORDER BY 1
    """
)


async def figures(tx: Connection, since: datetime, until: datetime) -> Figures:
    """Of what fired in `[since, until)`."""
    row = (await tx.execute(_FIGURES, {"since": since, "until": until})).one()
    return Figures(**row._mapping)


async def histogram(tx: Connection, since: datetime, until: datetime) -> dict[int, int]:
    """Firings per quarter of a decade of their lag in milliseconds: 0 is 1 ms to 1.8 ms."""
    rows = await tx.execute(_DECADES, {"since": since, "until": until})
    return {row.quarter: row.firings for row in rows}


async def overdue(tx: Connection, at: datetime) -> int:
    """Clocks that should have fired before `at` and have not."""
    return int(await tx.scalar(_OVERDUE, {"at": at}) or 0)


async def beat(
    tx: Connection, run: UUID, since: datetime | None, looks: int, longest: timedelta
) -> datetime:
    """Store that this run's timekeeper is alive; when."""
    # First of all this transaction gets its number: a seal waits for those that have one.
    await tx.execute(text("SELECT pg_current_xact_id()"))
    at = await transaction_time(tx)
    row = {"run": run, "at": at, "since": since, "looks": looks, "longest": longest}
    await tx.execute(insert(beats).values(**row).on_conflict_do_nothing())
    return at


async def beats_between(tx: Connection, since: datetime, until: datetime) -> list[Beat]:
    """Those that say something about `[since, until)`."""
    found = select(beats.c.at, beats.c.since, beats.c.longest).where(beats.c.at >= since)
    begun = (beats.c.since < until) | (beats.c.at < until)
    rows = await tx.execute(found.where(begun).order_by(beats.c.at))
    return [Beat(row.at, row.since, row.longest) for row in rows]


async def first_beat(tx: Connection) -> datetime | None:
    found = select(beats.c.at).order_by(beats.c.at).limit(1)
    return (await tx.execute(found)).scalar_one_or_none()
