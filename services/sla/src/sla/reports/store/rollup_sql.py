"""The SQL that counts facts into figures: a query over whole days for each table.

Every query reads `days (customer_id, day, zone, since, until)`, the days to count. `since` and
`until` are two hours too wide, for the indexes; the local date of an instant decides, as midnight
may come twice in a zone, or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

BUCKET_GROWTH = 1.1
"""The growth of the histogram's buckets: see `sla.reports.domain.percentiles`."""
TICKET_COLUMNS = "coalesce(ticket.service, '') AS service, ticket.priority, ticket.kind"


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A table of figures, and the query that counts them.

    `keys` are its own ones, beside customer, day, service, priority and kind. `figures` have their
    SQL types. `collapsed_keys` are '' in the figures of all customers.
    """

    table: str
    keys: tuple[str, ...]
    figures: Mapping[str, str]
    facts_sql: str
    collapsed_keys: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return ("customer_id", "day", "service", "priority", "kind", *self.keys)


def _on_day(instant: str) -> str:
    """The join condition of a fact that counts on the local date of this instant."""
    return (
        f"{instant} >= days.since AND {instant} < days.until"
        f" AND ({instant} AT TIME ZONE days.zone)::date = days.day"
    )


TICKET_FIGURES = FigureTable(
    "ticket_figures",
    (),
    dict.fromkeys(
        ("opened", "resolved", "rejected", "reopened", "merged", "entered", "gone"), "int"
    )
    | {"opened_epochs": "bigint", "still_open": "int"},
    f"""
    SELECT days.customer_id, days.day, {TICKET_COLUMNS},
        1 AS opened, 0 AS resolved, 0 AS rejected, 0 AS reopened, 0 AS merged, 1 AS entered,
        0 AS gone, extract(epoch FROM ticket.opened_at)::bigint AS opened_epochs,
        (ticket.ended_at IS NULL)::int AS still_open
    FROM days JOIN tickets ticket
        ON ticket.customer_id = days.customer_id AND {_on_day("ticket.opened_at")}
    UNION ALL
    SELECT days.customer_id, days.day, {TICKET_COLUMNS},
        0, (state_change.kind = 'resolved')::int, (state_change.kind = 'rejected')::int,
        (state_change.kind = 'reopened')::int, (state_change.kind = 'merged')::int,
        (state_change.change > 0)::int, (state_change.change < 0)::int,
        state_change.change * extract(epoch FROM ticket.opened_at)::bigint, 0
    FROM days
    JOIN ticket_state_changes state_change
        ON state_change.customer_id = days.customer_id AND {_on_day("state_change.at")}
    JOIN tickets ticket ON ticket.id = state_change.ticket_id
    """,
)

_JOIN_TICKET = "JOIN tickets ticket ON ticket.id = clock.ticket_id"
# Clocks of a partner or of second level have their own agreement; others have the ticket's.
_PROMISE_COLUMNS = f"""{TICKET_COLUMNS}, clock.metric, clock.contract,
        coalesce(clock.agreement, ticket.agreement, '') AS agreement"""

CLOCK_FIGURES = FigureTable(
    "clock_figures",
    ("metric", "contract", "agreement"),
    dict.fromkeys(("met", "breached", "waived"), "int"),
    f"""
    SELECT days.customer_id, days.day, {_PROMISE_COLUMNS},
        (clock.outcome = 'met')::int AS met, (clock.outcome = 'breached')::int AS breached,
        (clock.outcome = 'waived')::int AS waived
    FROM days JOIN clocks clock ON clock.customer_id = days.customer_id
        AND clock.outcome IS NOT NULL AND {_on_day("clock.outcome_at")}
    {_JOIN_TICKET}
    """,
    ("agreement",),
)


def _bucket_sql(seconds: str) -> str:
    log = f"ln(({seconds})::float8) / ln({BUCKET_GROWTH}::float8)"
    return f"CASE WHEN {seconds} < 1 THEN 0 ELSE 1 + floor({log})::int END"


_LIFETIME_SECONDS = "greatest(0, extract(epoch FROM ticket.ended_at - ticket.opened_at)::bigint)"

TIME_FIGURES = FigureTable(
    "time_figures",
    ("metric", "contract", "agreement", "bucket"),
    {"ended": "int", "seconds": "bigint"},
    f"""
    SELECT days.customer_id, days.day, {_PROMISE_COLUMNS},
        {_bucket_sql("clock.elapsed_seconds")} AS bucket, 1 AS ended, clock.elapsed_seconds AS seconds
    FROM days JOIN clocks clock ON clock.customer_id = days.customer_id
        AND clock.stopped_at IS NOT NULL AND {_on_day("clock.stopped_at")}
    {_JOIN_TICKET}
    UNION ALL
    SELECT days.customer_id, days.day, {TICKET_COLUMNS}, 'lifetime', '', '',
        {_bucket_sql(_LIFETIME_SECONDS)}, 1, {_LIFETIME_SECONDS}
    FROM days JOIN tickets ticket ON ticket.customer_id = days.customer_id
        AND ticket.ended_as = 'resolved' AND ticket.ended_at IS NOT NULL
        AND {_on_day("ticket.ended_at")}
    """,
    ("agreement",),
)

# A customer's own rate card precedes the one for everybody; work without a rate has no currency.
_JOIN_RATE_CARD = """
    LEFT JOIN LATERAL (
        SELECT currency, rates FROM rate_cards card
        WHERE (card.customer_id = entry.customer_id OR card.customer_id IS NULL)
            AND entry.day >= card.valid_from
            AND (card.valid_until IS NULL OR entry.day < card.valid_until)
        ORDER BY card.customer_id NULLS LAST LIMIT 1
    ) card ON card.rates ? entry.rate
"""

TIME_ENTRY_FIGURES = FigureTable(
    "time_entry_figures",
    ("rate", "currency"),
    dict.fromkeys(("minutes", "cents"), "bigint"),
    f"""
    SELECT days.customer_id, days.day, {TICKET_COLUMNS}, entry.rate,
        coalesce(card.currency, '') AS currency, entry.minutes,
        coalesce(round(entry.minutes * (card.rates ->> entry.rate)::numeric / 60), 0) AS cents
    FROM days JOIN time_entries entry ON entry.customer_id = days.customer_id AND entry.day = days.day
    JOIN tickets ticket ON ticket.id = entry.ticket_id
    {_JOIN_RATE_CARD}
    """,
)

ALL_FIGURES: tuple[FigureTable, ...] = (
    TICKET_FIGURES,
    CLOCK_FIGURES,
    TIME_FIGURES,
    TIME_ENTRY_FIGURES,
)
"""The tables whose days are counted from facts, and added up to months."""

TIME_SUMS = FigureTable(
    "time_sums",
    ("apart", "metric", "contract", "agreement"),
    {"buckets": "smallint[]", "ended": "int[]", "seconds": "bigint"},
    """
    SELECT customer_id, day, service, priority, kind, apart, metric, contract, agreement,
        array_agg(bucket ORDER BY bucket)::smallint[], array_agg(ended ORDER BY bucket)::int[],
        sum(seconds)::bigint
    FROM (
        SELECT f.customer_id, f.day, grouped.service, grouped.priority, grouped.kind, grouped.apart,
            f.metric, f.contract, f.agreement, f.bucket, sum(f.ended) AS ended, sum(f.seconds) AS seconds
        FROM asked JOIN time_figures f ON f.span = '{span}'
            AND f.customer_id = asked.customer_id AND f.day = asked.day
        CROSS JOIN LATERAL (VALUES
            ('', '', '', ''),
            ('service', f.service, '', ''),
            ('priority', '', f.priority, ''),
            ('kind', '', '', f.kind)
        ) AS grouped (apart, service, priority, kind)
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    ) AS histograms
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    """,
)
"""Whole histograms in one row each, by one of service, priority and kind, or none. Most queries need
no more, and a row for each bucket would be a hundred times as many. Counted from `{span}` figures."""
