"""Views of the roll-ups: figures per day of each customer. What happens now shows within seconds."""

from common.persistence.bi_views import Column, View

DAILY_ROWS = "span = 'day' AND customer_id <> '00000000-0000-0000-0000-000000000000'"
KEY_COLUMNS = (
    Column("customer_id", "see sla_customers"),
    Column("day", "date, in the customer's own zone (sla_customers.day_zone)"),
    Column("service", "key of the service; '' for none"),
    Column("priority", "present one of the tickets"),
    Column("kind", "kind of the tickets"),
)
PROMISE_COLUMNS = (
    Column("metric", "what was promised"),
    Column("contract", "sla, ola or uc"),
    Column("agreement", "key of the agreement"),
)
TICKETS = View(
    "daily_tickets",
    "How many tickets came and went: one row per customer, day, service, priority and kind.",
    f"ticket_figures WHERE {DAILY_ROWS}",
    (
        *KEY_COLUMNS,
        Column("opened", "tickets"),
        Column("resolved", "resolutions"),
        Column("rejected", "resolutions that the second person did not accept"),
        Column("reopened", "tickets opened again by the customer"),
        Column("merged", "tickets merged into others"),
        Column("backlog_change", "by how many the open tickets became more", "entered - gone"),
        Column("still_open", "of those opened on this day: open now"),
    ),
)
CLOCKS = View(
    "daily_clocks",
    "How many promises were kept: one row per customer, day (of the outcome), service, priority, kind, metric, contract and agreement.",
    f"clock_figures WHERE {DAILY_ROWS}",
    (
        *KEY_COLUMNS,
        *PROMISE_COLUMNS,
        Column("met", "clocks"),
        Column("breached", "clocks, without those that are waived"),
        Column("waived", "clocks whose breach was approved before the deadline"),
    ),
)
TIMES = View(
    "daily_times",
    "How long it took: a histogram, one row per customer, day (of the end), service, priority, kind, metric, contract, agreement and bucket. Add up buckets over anything, then take a percentile.",
    f"time_figures WHERE {DAILY_ROWS}",
    (
        *KEY_COLUMNS,
        Column("metric", "what was promised; lifetime: opening to resolution, by the wall clock"),
        Column("contract", "sla, ola or uc; '' for lifetime"),
        Column("agreement", "key of the agreement; '' for lifetime"),
        Column(
            "from_seconds",
            "where the bucket begins; it ends 10 % higher (the first one at 1 s)",
            "CASE WHEN bucket = 0 THEN 0 ELSE 1.1::float8 ^ (bucket - 1) END",
        ),
        Column("ended", "clocks or tickets in the bucket"),
        Column("seconds", "sum of their times, exact"),
    ),
)
COSTS = View(
    "daily_costs",
    "What work came to: one row per customer, day, service, priority, kind, rate and currency.",
    f"time_entry_figures WHERE {DAILY_ROWS}",
    (
        *KEY_COLUMNS,
        Column("rate", "name of the rate"),
        Column("currency", "ISO 4217; '' where no card of the day has this rate"),
        Column("minutes", "of work"),
        Column("amount", "in the currency", "cents::numeric / 100"),
    ),
)
VIEWS = (TICKETS, CLOCKS, TIMES, COSTS)
