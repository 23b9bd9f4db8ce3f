"""The lags of firings, and the beats of the timers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection, transaction_time
from sla.punctuality.domain.timer_gaps import Beat
from sla.punctuality.store.evidence import KNOWN_AT_SQL
from sla.punctuality.tables import heartbeats


@dataclass(frozen=True, slots=True)
class PunctualityFigures:
    """Figures of the warnings and breaches that fired.

    A lag runs from the instant when one was due, or became known to be due where that was more than
    a tenth of a second later (`known_late`), to the last statement of the transaction that fired it
    (C8). The lags are None where nothing fired.
    """

    count: int
    early: int
    fired_without_events: int
    known_late: int
    p50: timedelta | None
    p99: timedelta | None
    longest: timedelta | None


_FIRED_SQL = f"""
    SELECT i.known_at < i.at AS early, i.fired_without_events, i.heard_at > i.at AS known_late,
        coalesce(max(f.fired_at), i.known_at) - greatest(i.at, i.heard_at) AS lag
    FROM (
        SELECT i.*, CASE WHEN i.known_at - i.at > interval '0.1 s' THEN {KNOWN_AT_SQL} END AS heard_at
        FROM clock_inputs i
        WHERE i.kind = 'fired' AND i.known_at >= :since AND i.known_at < :until) AS i
    LEFT JOIN (
        SELECT subject, due_at, fired_at FROM firings
        WHERE kind = 'clock' AND fired_at >= :since AND due_at < :until) AS f
        ON f.subject = i.clock_id AND i.known_at BETWEEN f.due_at AND f.fired_at
    GROUP BY i.clock_id, i.ordinal, i.at, i.known_at, i.fired_without_events, i.heard_at
"""
"""SQL for what fired in `[since, until)`. One join: a look-up for each takes 30 times as long."""
_SELECT_FIGURES = text(
    f"""
    WITH fired AS MATERIALIZED ({_FIRED_SQL})
    SELECT count(*) AS count, count(*) FILTER (WHERE early) AS early,
        count(*) FILTER (WHERE fired_without_events) AS fired_without_events, count(*) FILTER (WHERE known_late) AS known_late,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY lag) AS p50,
        percentile_disc(0.99) WITHIN GROUP (ORDER BY lag) AS p99, max(lag) AS longest
    FROM fired
    """
)
_COUNT_OVERDUE = text(
    "SELECT count(*) FROM deadlines WHERE kind = 'clock' AND wake_at < :at AND due_at < :at"
)
_SELECT_HISTOGRAM = text(
    f"""
    SELECT floor(4 * log(greatest(extract(epoch FROM lag) * 1000, 0.1)))::int AS quarter,
        count(*) AS firings
    FROM ({_FIRED_SQL}) AS fired GROUP BY 1 ORDER BY 1
    """
)


async def get_figures(tx: Connection, since: datetime, until: datetime) -> PunctualityFigures:
    """The figures of what fired in `[since, until)`."""
    row = (await tx.execute(_SELECT_FIGURES, {"since": since, "until": until})).one()
    return PunctualityFigures(**row._mapping)


async def get_histogram(tx: Connection, since: datetime, until: datetime) -> dict[int, int]:
    """The firings by quarter of a decade of their lag in milliseconds; 0 is 1 to 1.8 ms."""
    rows = await tx.execute(_SELECT_HISTOGRAM, {"since": since, "until": until})
    return {row.quarter: row.firings for row in rows}


async def count_overdue(tx: Connection, at: datetime) -> int:
    """The number of clocks that were due before `at` and have not fired."""
    return int(await tx.scalar(_COUNT_OVERDUE, {"at": at}) or 0)


async def insert_beat(
    tx: Connection,
    run: UUID,
    last_beat_at: datetime | None,
    iterations: int,
    longest_gap: timedelta,
) -> datetime:
    """Store a beat of this run; its instant."""
    # The transaction gets its id before it reads the time: a seal waits for transactions with one.
    await tx.execute(text("SELECT pg_current_xact_id()"))
    at = await transaction_time(tx)
    row = {"run": run, "at": at, "since": last_beat_at, "looks": iterations, "longest": longest_gap}
    await tx.execute(insert(heartbeats).values(**row).on_conflict_do_nothing())
    return at


async def list_beats(tx: Connection, since: datetime, until: datetime) -> list[Beat]:
    """The beats whose intervals overlap `[since, until)`, and those in it."""
    query = select(heartbeats.c.at, heartbeats.c.since, heartbeats.c.longest).where(
        heartbeats.c.at >= since
    )
    is_started = (heartbeats.c.since < until) | (heartbeats.c.at < until)
    rows = await tx.execute(query.where(is_started).order_by(heartbeats.c.at))
    return [Beat(row.at, row.since, row.longest) for row in rows]


async def get_first_beat_at(tx: Connection) -> datetime | None:
    query = select(heartbeats.c.at).order_by(heartbeats.c.at).limit(1)
    return (await tx.execute(query)).scalar_one_or_none()
