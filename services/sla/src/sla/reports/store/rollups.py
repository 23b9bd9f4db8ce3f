"""Recounts whole days: a figure is never incremented, so nothing can be lost or counted twice.

The figures of a customer's day are counted from the facts; those of months and of all customers
together are added up from them. One replica counts at a time (an advisory lock).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from common.persistence.bulk import execute_many, fetch_many
from common.persistence.database import Connection, asyncpg_connection
from sla.reports.domain.report_period import Span
from sla.reports.store.rollup_sql import ALL_FIGURES, TIME_FIGURES, TIME_SUMS, FigureTable

ROLLUP_LOCK_ID = 7_270_041
MAX_MARKS_PER_BATCH = 5_000
"""The most marks of a batch, which is counted in one transaction."""
ALL_CUSTOMERS = UUID(int=0)
"""The customer id that stands for all customers together."""

MONTHLY_TOTAL_SPANS: tuple[Span, ...] = ("total", "service", "priority", "kind")
"""The spans in which months are stored once more, for queries by at most one of these."""

CustomerDay = tuple[UUID, date]
"""A customer, and a date in the customer's zone."""

_CLAIM_DIRTY_DAYS = f"""
WITH taken AS (
    DELETE FROM dirty_days WHERE id = ANY(ARRAY(SELECT id FROM dirty_days ORDER BY id LIMIT {MAX_MARKS_PER_BATCH}))
    RETURNING customer_id, at
)
SELECT DISTINCT customer_id, (at AT TIME ZONE day_zone)::date AS day
FROM taken JOIN customers ON customers.id = customer_id
"""
DAYS_CTE = """
days AS MATERIALIZED (
    SELECT asked.customer_id, asked.day, customer.day_zone AS zone,
        (asked.day::timestamp AT TIME ZONE customer.day_zone) - interval '2 hours' AS since,
        ((asked.day + 1)::timestamp AT TIME ZONE customer.day_zone) + interval '2 hours' AS until
    FROM unnest($1::uuid[], $2::date[]) AS asked (customer_id, day)
    JOIN customers customer ON customer.id = asked.customer_id
)"""

_SELECT_CLEAN_DAYS = """
WITH instants AS (
    SELECT customer_id, opened_at AS at FROM tickets
    UNION ALL SELECT customer_id, ended_at FROM tickets
    UNION ALL SELECT customer_id, at FROM ticket_state_changes
    UNION ALL SELECT customer_id, outcome_at FROM clocks
    UNION ALL SELECT customer_id, stopped_at FROM clocks
), days AS (
    SELECT id AS customer_id, (at AT TIME ZONE day_zone)::date AS day
    FROM instants JOIN customers ON id = customer_id WHERE at IS NOT NULL
    UNION SELECT customer_id, day FROM ticket_figures WHERE span = 'day'
    UNION SELECT customer_id, day FROM clock_figures WHERE span = 'day'
    UNION SELECT customer_id, day FROM time_figures WHERE span = 'day'
    UNION SELECT customer_id, day FROM time_entry_figures WHERE span = 'day'
    UNION SELECT customer_id, day FROM time_entries
), marked AS (
    SELECT DISTINCT date_trunc('month', at AT TIME ZONE day_zone)::date AS month
    FROM dirty_days JOIN customers ON customers.id = customer_id
)
SELECT customer_id, day FROM days JOIN customers ON customers.id = customer_id
WHERE customer_id IS NOT NULL AND date_trunc('month', day)::date NOT IN (SELECT month FROM marked)
ORDER BY day, customer_id
"""


async def count_pending(tx: Connection) -> int:
    """The number of marks that wait to be counted, at most a thousand."""
    count = await (await asyncpg_connection(tx)).fetchval(
        "SELECT count(*) FROM (SELECT FROM dirty_days LIMIT 1000) AS waiting"
    )
    return int(count)


async def lock(tx: Connection) -> None:
    """Lock the counting until the transaction ends."""
    await (await asyncpg_connection(tx)).execute("SELECT pg_advisory_xact_lock($1)", ROLLUP_LOCK_ID)


async def claim_dirty_days(tx: Connection) -> list[CustomerDay]:
    """Delete marks; the days that they name, to be counted in the same transaction.

    Empty where another replica counts. A fact is committed together with its mark, so the next
    statement sees every fact whose mark is deleted here.
    """
    connection = await asyncpg_connection(tx)
    if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", ROLLUP_LOCK_ID):
        return []
    return [(row["customer_id"], row["day"]) for row in await connection.fetch(_CLAIM_DIRTY_DAYS)]


async def list_clean_days(tx: Connection) -> list[CustomerDay]:
    """All days with figures or facts, without those of months in which a day is marked."""
    rows = await (await asyncpg_connection(tx)).fetch(_SELECT_CLEAN_DAYS)
    return [(row["customer_id"], row["day"]) for row in rows]


async def recount(tx: Connection, days: Sequence[CustomerDay]) -> None:
    """Recount these days, their months, and the figures of all customers for them."""
    for figures, span, level_days, query in rollup_levels(days):
        await execute_many(tx, _replace_sql(figures, span, query), level_days)


async def find_differences(tx: Connection, days: Sequence[CustomerDay]) -> list[str]:
    """The differences between the stored figures of these days and months, and the facts."""
    differences: list[str] = []
    for figures, span, level_days, query in rollup_levels(days):
        rows = await fetch_many(tx, _compare_sql(figures, span, query), level_days)
        differences += [f"{figures.table}: {span} {row['day']} {dict(row)}" for row in rows]
    return differences


class RollupLevel(NamedTuple):
    """The figures of one span: the days or months to count, and the query that counts them."""

    figures: FigureTable
    span: Span
    days: Sequence[CustomerDay]
    query: str


def rollup_levels(days: Sequence[CustomerDay]) -> Iterator[RollupLevel]:
    """The levels in the order of counting: from the facts upwards."""
    months = sorted({(customer, day.replace(day=1)) for customer, day in days})
    all_days = sorted({(ALL_CUSTOMERS, day) for _, day in days})
    all_months = sorted({(ALL_CUSTOMERS, month) for _, month in months})
    for figures in ALL_FIGURES:
        yield RollupLevel(figures, "day", days, _facts_sql(figures))
        yield RollupLevel(figures, "day", all_days, _customers_sql(figures))
        yield RollupLevel(figures, "month", months, _days_sql(figures))
        yield RollupLevel(figures, "month", all_months, _days_sql(figures))
        for span in () if figures is TIME_FIGURES else MONTHLY_TOTAL_SPANS:
            yield RollupLevel(figures, span, [*months, *all_months], _months_sql(figures, span))
    yield RollupLevel(TIME_SUMS, "day", all_days, TIME_SUMS.facts_sql.format(span="day"))
    yield RollupLevel(
        TIME_SUMS, "month", [*months, *all_months], TIME_SUMS.facts_sql.format(span="month")
    )


def _facts_sql(figures: FigureTable) -> str:
    return _grouped_sums_sql(figures, ", ".join(figures.columns), f"({figures.facts_sql}) AS facts")


def _customers_sql(figures: FigureTable) -> str:
    keys = [_ALL_CUSTOMERS_KEYS.get(key, key) for key in figures.columns]
    expressions = ["''" if key in figures.collapsed_keys else key for key in keys]
    return _grouped_sums_sql(
        figures,
        ", ".join(expressions),
        f"{figures.table} WHERE span = 'day' AND customer_id <> '{ALL_CUSTOMERS}'"
        " AND day IN (SELECT day FROM asked)",
    )


def _days_sql(figures: FigureTable) -> str:
    month, keys = "date_trunc('month', f.day)::date", ["service", "priority", "kind", *figures.keys]
    return _grouped_sums_sql(
        figures,
        f"f.customer_id, {month}, {', '.join(keys)}",
        f"asked JOIN {figures.table} f ON f.span = 'day' AND f.customer_id = asked.customer_id"
        " AND f.day >= asked.day AND f.day < asked.day + interval '1 month'",
    )


_ALL_CUSTOMERS_KEYS = {"customer_id": f"'{ALL_CUSTOMERS}'::uuid"}


def _months_sql(figures: FigureTable, span: Span) -> str:
    columns = [f"f.{key}" if key == span else "''" for key in ("service", "priority", "kind")]
    return _grouped_sums_sql(
        figures,
        ", ".join(["f.customer_id", "f.day", *columns, *figures.keys]),
        f"asked JOIN {figures.table} f ON f.span = 'month'"
        " AND f.customer_id = asked.customer_id AND f.day = asked.day",
    )


def _grouped_sums_sql(figures: FigureTable, keys: str, source: str) -> str:
    sums = ", ".join(f"sum({name})::{kind}" for name, kind in figures.figures.items())
    positions = ", ".join(str(index + 1) for index in range(len(figures.columns)))
    return f"SELECT {keys}, {sums} FROM {source} GROUP BY {positions}"


def _compare_sql(figures: FigureTable, span: str, query: str) -> str:
    columns = ", ".join((*figures.columns, *figures.figures))
    stored = f"""SELECT {", ".join(f"f.{name}" for name in (*figures.columns, *figures.figures))}
        FROM {figures.table} f JOIN asked USING (customer_id, day) WHERE f.span = '{span}'"""
    return f"""
    WITH {DAYS_CTE}, asked AS (SELECT * FROM unnest($1::uuid[], $2::date[]) AS a (customer_id, day)),
    counted ({columns}) AS MATERIALIZED ({query}), stored AS MATERIALIZED ({stored})
    (SELECT 'facts' AS say, * FROM (SELECT * FROM counted EXCEPT SELECT * FROM stored) a LIMIT 5)
    UNION ALL
    (SELECT 'figures', * FROM (SELECT * FROM stored EXCEPT SELECT * FROM counted) b LIMIT 5)
    """


def _replace_sql(figures: FigureTable, span: str, query: str) -> str:
    """The statement that deletes figures that are gone, and writes those that are new or differ."""
    keys, values = ", ".join(figures.columns), ", ".join(figures.figures)
    new_values = ", ".join(f"excluded.{name}" for name in figures.figures)
    old_values = ", ".join(f"{figures.table}.{name}" for name in figures.figures)
    same_keys = " AND ".join(f"old.{key} = counted.{key}" for key in figures.columns)
    return f"""
    WITH {DAYS_CTE}, asked AS (SELECT * FROM unnest($1::uuid[], $2::date[]) AS a (customer_id, day)),
    counted ({keys}, {values}) AS MATERIALIZED ({query}),
    gone AS (
        DELETE FROM {figures.table} old USING asked WHERE old.span = '{span}'
            AND old.customer_id = asked.customer_id AND old.day = asked.day
            AND NOT EXISTS (SELECT FROM counted WHERE {same_keys})
    )
    INSERT INTO {figures.table} (span, {keys}, {values})
    SELECT '{span}', {keys}, {values} FROM counted
    ON CONFLICT (span, {keys}) DO UPDATE SET ({values}) = ROW({new_values})
        WHERE ({old_values}) IS DISTINCT FROM ({new_values})
    """
