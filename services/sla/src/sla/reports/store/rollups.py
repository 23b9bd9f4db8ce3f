"""Counts days again, set-based: a figure is never added to, so nothing can be lost or doubled.

From the facts come the figures of a customer's day; from these those of the month, and those of
all customers together. One replica counts at a time (an advisory lock).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from common.persistence.database import Connection, asyncpg_connection
from sla.reports.domain.period import Span
from sla.reports.store.rollup_sql import ALL, SUMS, TIMES, Figures

LOCK = 7_270_041
MARKS = 5_000
"""So many marks are taken at once: what they name is counted in one transaction."""
EVERYBODY = UUID(int=0)
"""The customer that stands for all of them together."""

TOGETHER: tuple[Span, ...] = ("total", "service", "priority", "kind")
"""Months once more, all or all but one of these together: most questions about years ask no more."""

Day = tuple[UUID, date]
"""A customer, and a day of theirs."""

_TAKE = f"""
WITH taken AS (
    DELETE FROM recounts WHERE id = ANY(ARRAY(SELECT id FROM recounts ORDER BY id LIMIT {MARKS}))
    RETURNING customer_id, at
)
SELECT DISTINCT customer_id, (at AT TIME ZONE day_zone)::date AS day
FROM taken JOIN customers ON customers.id = customer_id
"""
DAYS = """
days AS MATERIALIZED (
    SELECT asked.customer_id, asked.day, customer.day_zone AS zone,
        (asked.day::timestamp AT TIME ZONE customer.day_zone) - interval '2 hours' AS since,
        ((asked.day + 1)::timestamp AT TIME ZONE customer.day_zone) + interval '2 hours' AS until
    FROM unnest($1::uuid[], $2::date[]) AS asked (customer_id, day)
    JOIN customers customer ON customer.id = asked.customer_id
)"""

_SETTLED = """
WITH instants AS (
    SELECT customer_id, opened_at AS at FROM tickets
    UNION ALL SELECT customer_id, ended_at FROM tickets
    UNION ALL SELECT customer_id, at FROM ticket_turns
    UNION ALL SELECT customer_id, outcome_at FROM clocks
    UNION ALL SELECT customer_id, stopped_at FROM clocks
), days AS (
    SELECT id AS customer_id, (at AT TIME ZONE day_zone)::date AS day
    FROM instants JOIN customers ON id = customer_id WHERE at IS NOT NULL
    UNION SELECT customer_id, day FROM ticket_figures WHERE span = 'day'
    UNION SELECT customer_id, day FROM clock_figures WHERE span = 'day'
    UNION SELECT customer_id, day FROM time_figures WHERE span = 'day'
    UNION SELECT customer_id, day FROM work_figures WHERE span = 'day'
    UNION SELECT customer_id, day FROM work
), marked AS (
    SELECT DISTINCT date_trunc('month', at AT TIME ZONE day_zone)::date AS month
    FROM recounts JOIN customers ON customers.id = customer_id
)
SELECT customer_id, day FROM days JOIN customers ON customers.id = customer_id
WHERE customer_id IS NOT NULL AND date_trunc('month', day)::date NOT IN (SELECT month FROM marked)
ORDER BY day, customer_id
"""


async def pending(tx: Connection) -> int:
    """How many marks wait to be counted, a thousand at most."""
    found = await (await asyncpg_connection(tx)).fetchval(
        "SELECT count(*) FROM (SELECT FROM recounts LIMIT 1000) AS waiting"
    )
    return int(found)


async def wait(tx: Connection) -> None:
    """Let nobody else count until the end of the transaction."""
    await (await asyncpg_connection(tx)).execute("SELECT pg_advisory_xact_lock($1)", LOCK)


async def take(tx: Connection) -> list[Day]:
    """Take marks away: the days that they name, to be counted in the same transaction.

    None where another replica counts. A fact and its mark are committed together, so what the next
    statement sees includes every fact whose mark is taken here.
    """
    connection = await asyncpg_connection(tx)
    if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", LOCK):
        return []
    return [(row["customer_id"], row["day"]) for row in await connection.fetch(_TAKE)]


async def settled_days(tx: Connection) -> list[Day]:
    """All days of which there are figures or facts, but those of a month with a mark."""
    rows = await (await asyncpg_connection(tx)).fetch(_SETTLED)
    return [(row["customer_id"], row["day"]) for row in rows]


async def count(tx: Connection, days: Sequence[Day]) -> None:
    """Count these days again, and the months and companies that they are part of."""
    connection = await asyncpg_connection(tx)
    for figures, span, scope, sums in levels(days):
        await connection.execute(_replace(figures, span, sums), *turned(scope))


async def differences(tx: Connection, days: Sequence[Day]) -> list[str]:
    """What is stored of these days, and of what they are part of, and is not what the facts say."""
    connection = await asyncpg_connection(tx)
    found: list[str] = []
    for figures, span, scope, sums in levels(days):
        rows = await connection.fetch(_compare(figures, span, sums), *turned(scope))
        found += [f"{figures.table}: {span} {row['day']} {dict(row)}" for row in rows]
    return found


class Level(NamedTuple):
    """Figures of a span: what to count, and the query that counts it."""

    figures: Figures
    span: Span
    scope: Sequence[Day]
    sums: str


def levels(days: Sequence[Day]) -> Iterator[Level]:
    """From the facts upwards."""
    months = sorted({(customer, day.replace(day=1)) for customer, day in days})
    all_days = sorted({(EVERYBODY, day) for _, day in days})
    all_months = sorted({(EVERYBODY, month) for _, month in months})
    for figures in ALL:
        yield Level(figures, "day", days, _of_facts(figures))
        yield Level(figures, "day", all_days, _of_customers(figures))
        yield Level(figures, "month", months, _of_days(figures))
        yield Level(figures, "month", all_months, _of_days(figures))
        for span in () if figures is TIMES else TOGETHER:
            yield Level(figures, span, [*months, *all_months], _of_months(figures, span))
    yield Level(SUMS, "day", all_days, SUMS.facts.format(span="day"))
    yield Level(SUMS, "month", [*months, *all_months], SUMS.facts.format(span="month"))


def turned(days: Sequence[Day]) -> tuple[list[UUID], list[date]]:
    return [customer for customer, _ in days], [day for _, day in days]


def _of_facts(figures: Figures) -> str:
    return _summed(figures, ", ".join(figures.columns), f"({figures.facts}) AS facts")


def _of_customers(figures: Figures) -> str:
    keys = [_TOGETHER.get(key, key) for key in figures.columns]
    shown = ["''" if key in figures.together else key for key in keys]
    return _summed(
        figures,
        ", ".join(shown),
        f"{figures.table} WHERE span = 'day' AND customer_id <> '{EVERYBODY}'"
        " AND day IN (SELECT day FROM asked)",
    )


def _of_days(figures: Figures) -> str:
    first, own = "date_trunc('month', f.day)::date", ["service", "priority", "kind", *figures.keys]
    return _summed(
        figures,
        f"f.customer_id, {first}, {', '.join(own)}",
        f"asked JOIN {figures.table} f ON f.span = 'day' AND f.customer_id = asked.customer_id"
        " AND f.day >= asked.day AND f.day < asked.day + interval '1 month'",
    )


_TOGETHER = {"customer_id": f"'{EVERYBODY}'::uuid"}


def _of_months(figures: Figures, span: Span) -> str:
    told = [f"f.{key}" if key == span else "''" for key in ("service", "priority", "kind")]
    return _summed(
        figures,
        ", ".join(["f.customer_id", "f.day", *told, *figures.keys]),
        f"asked JOIN {figures.table} f ON f.span = 'month'"
        " AND f.customer_id = asked.customer_id AND f.day = asked.day",
    )


def _summed(figures: Figures, keys: str, source: str) -> str:
    sums = ", ".join(f"sum({name})::{kind}" for name, kind in figures.figures.items())
    places = ", ".join(str(place + 1) for place in range(len(figures.columns)))
    return f"SELECT {keys}, {sums} FROM {source} GROUP BY {places}"


def _compare(figures: Figures, span: str, counted: str) -> str:
    columns = ", ".join((*figures.columns, *figures.figures))
    stored = f"""SELECT {", ".join(f"f.{name}" for name in (*figures.columns, *figures.figures))}
        FROM {figures.table} f JOIN asked USING (customer_id, day) WHERE f.span = '{span}'"""
    return f"""
    WITH {DAYS}, asked AS (SELECT * FROM unnest($1::uuid[], $2::date[]) AS a (customer_id, day)),
    counted ({columns}) AS MATERIALIZED ({counted}), stored AS MATERIALIZED ({stored})
    (SELECT 'facts' AS say, * FROM (SELECT * FROM counted EXCEPT SELECT * FROM stored) a LIMIT 5)
    UNION ALL
    (SELECT 'figures', * FROM (SELECT * FROM stored EXCEPT SELECT * FROM counted) b LIMIT 5)
    """


def _replace(figures: Figures, span: str, counted: str) -> str:
    """One statement: what is no more goes, what is new or differs is written, the rest is left."""
    keys, values = ", ".join(figures.columns), ", ".join(figures.figures)
    new = ", ".join(f"excluded.{name}" for name in figures.figures)
    old = ", ".join(f"{figures.table}.{name}" for name in figures.figures)
    same = " AND ".join(f"old.{key} = counted.{key}" for key in figures.columns)
    return f"""
    WITH {DAYS}, asked AS (SELECT * FROM unnest($1::uuid[], $2::date[]) AS a (customer_id, day)),
    counted ({keys}, {values}) AS MATERIALIZED ({counted}),
    gone AS (
        DELETE FROM {figures.table} old USING asked WHERE old.span = '{span}'
            AND old.customer_id = asked.customer_id AND old.day = asked.day
            AND NOT EXISTS (SELECT FROM counted WHERE {same})
    )
    INSERT INTO {figures.table} (span, {keys}, {values})
    SELECT '{span}', {keys}, {values} FROM counted
    ON CONFLICT (span, {keys}) DO UPDATE SET ({values}) = ROW({new})
        WHERE ({old}) IS DISTINCT FROM ({new})
    """
