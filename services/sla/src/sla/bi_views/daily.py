"""Views of the roll-ups: figures per day of each customer. What happens now shows within seconds."""

from common.persistence.bi_views import Shown, View

DAYS = "span = 'day' AND customer_id <> '00000000-0000-0000-0000-000000000000'"
KEYS = (
    Shown("customer_id", "see sla_customers"),
    Shown("day", "date, in the customer's own zone (sla_customers.day_zone)"),
    Shown("service", "key of the service; '' for none"),
    Shown("priority", "present one of the tickets"),
    Shown("kind", "kind of the tickets"),
)
PROMISE = (
    Shown("metric", "what was promised"),
    Shown("contract", "sla, ola or uc"),
    Shown("agreement", "key of the agreement"),
)
TICKETS = View(
    "daily_tickets",
    "How many tickets came and went: one row per customer, day, service, priority and kind.",
    f"ticket_figures WHERE {DAYS}",
    (
        *KEYS,
        Shown("opened", "tickets"),
        Shown("resolved", "resolutions"),
        Shown("rejected", "resolutions that the second person did not accept"),
        Shown("reopened", "tickets opened again by the customer"),
        Shown("merged", "tickets merged into others"),
        Shown("backlog_change", "by how many the open tickets became more", "entered - gone"),
        Shown("still_open", "of those opened on this day: open now"),
    ),
)
CLOCKS = View(
    "daily_clocks",
    "How many promises were kept: one row per customer, day (of the outcome), service, priority, kind,"
    " metric, contract and agreement.",
    f"clock_figures WHERE {DAYS}",
    (
        *KEYS,
        *PROMISE,
        Shown("met", "clocks"),
        Shown("breached", "clocks, without those that are excused"),
        Shown("excused", "clocks whose breach had been approved before (R2)"),
    ),
)
TIMES = View(
    "daily_times",
    "How long it took: a histogram, one row per customer, day (of the end), service, priority, kind,"
    " metric, contract, agreement and bucket. Add up buckets over anything, then take a percentile.",
    f"time_figures WHERE {DAYS}",
    (
        *KEYS,
        Shown("metric", "what was promised; elapsed: opening to resolution, by the wall clock"),
        Shown("contract", "sla, ola or uc; '' for elapsed"),
        Shown("agreement", "key of the agreement; '' for elapsed"),
        Shown(
            "from_seconds",
            "where the bucket begins; it ends 10 % higher (the first one at 1 s)",
            "CASE WHEN bucket = 0 THEN 0 ELSE 1.1::float8 ^ (bucket - 1) END",
        ),
        Shown("ended", "clocks or tickets in the bucket"),
        Shown("seconds", "sum of their times, exact"),
    ),
)
COSTS = View(
    "daily_costs",
    "What work came to: one row per customer, day, service, priority, kind, rate and currency.",
    f"work_figures WHERE {DAYS}",
    (
        *KEYS,
        Shown("rate", "name of the rate"),
        Shown("currency", "ISO 4217; '' where no sheet of the day has this rate"),
        Shown("minutes", "of work"),
        Shown("amount", "in the currency", "cents::numeric / 100"),
    ),
)
VIEWS = (TICKETS, CLOCKS, TIMES, COSTS)
