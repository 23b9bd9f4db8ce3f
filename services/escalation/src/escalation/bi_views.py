"""The views of escalation for BI tools, in the schema `reporting` (docs/reporting.md).

People are their `sub`; there are no addresses, and no words: of titles none is shown.
"""

from common.persistence.bi_views import Column, View

ESCALATIONS = View(
    "escalations",
    "Escalations: one row each, with how long it took until somebody took it and until it ended.",
    "escalations LEFT JOIN LATERAL (SELECT min(at) AS acknowledged_at, count(*) AS acknowledgements FROM timeline"
    " WHERE timeline.escalation_id = escalations.id AND timeline.kind = 'acknowledged') AS taken ON true",
    (
        Column("escalation_id", "id of the escalation", "id"),
        Column("escalation", "key of the escalation: ESC-7", "key"),
        Column("trigger", "what happened: clock_breached, blocker_raised, …"),
        Column("severity", "how urgent it is, as the policy sees it"),
        Column("customer", "key of the customer; null where it is about none"),
        Column("environment", "key of the environment; null where it is about none"),
        Column("tier", "tier of the environment: production, staging, test, development"),
        Column("service", "key of the service; null where it is about none"),
        Column("ticket_id", "see intake_tickets; null where it is about none"),
        Column("status", "open, acknowledged, snoozed or resolved"),
        Column("opened_at", "instant at which it was opened"),
        Column(
            "acknowledged_at",
            "instant at which somebody took it for the first time; null before",
            "taken.acknowledged_at",
        ),
        Column(
            "acknowledge_seconds",
            "seconds of elapsed time from opening to the first acknowledgement; null before",
            "extract(epoch FROM taken.acknowledged_at - opened_at)::bigint",
        ),
        Column("acknowledgements", "times that somebody took it", "taken.acknowledgements"),
        Column("exhausted", "whether all steps were fired and nobody took it"),
        Column("rounds", "times that the steps of the policy were gone through", "round"),
        Column("resolved_at", "instant at which it ended; null before"),
        Column(
            "resolve_seconds",
            "seconds of elapsed time from opening to its end; null before",
            "extract(epoch FROM resolved_at - opened_at)::bigint",
        ),
    ),
)
NOTIFICATIONS = View(
    "notifications",
    "Messages to our own people about escalations: one row each.",
    "notifications",
    (
        Column("notification_id", "id of the message", "id"),
        Column("escalation_id", "see escalation_escalations"),
        Column("purpose", "page, exhausted, duty or all_clear"),
        Column("person", "sub of who was to be reached"),
        Column("channel", "how: email, webhook"),
        Column("state", "waiting, ready, sent, cancelled or failed"),
        Column("send_at", "instant at which it was due"),
        Column("settled_at", "instant of real time at which it was sent or given up; null before"),
        Column("attempts", "times that it was tried"),
        Column("to_fallback", "whether it went to the last resort, since nobody else could be"),
    ),
)
PAGES = View(
    "pages_daily",
    "Pages for each person: one row per day (in UTC) and person who was paged.",
    "notifications WHERE purpose = 'page' AND state = 'sent' GROUP BY 1, person",
    (
        Column("day", "day in UTC", "(send_at AT TIME ZONE 'UTC')::date"),
        Column("person", "sub of who was paged"),
        Column("pages", "pages that were sent", "count(*)"),
        Column(
            "at_night",
            "those between 22 and 6 o'clock in UTC; see the person's own zone before you judge",
            "count(*) FILTER (WHERE extract(hour FROM send_at AT TIME ZONE 'UTC') NOT BETWEEN 6 AND 21)",
        ),
    ),
)
RESTORATIONS = View(
    "restorations_monthly",
    "How long Blockers lasted (DORA: time to restore): one row per month (in UTC), tier, service and customer.",
    "escalations WHERE trigger = 'blocker_raised' GROUP BY 1, tier, service, customer",
    (
        Column(
            "month",
            "month in which they were raised, in UTC: 2030-01",
            "to_char(opened_at AT TIME ZONE 'UTC', 'YYYY-MM')",
        ),
        Column("tier", "tier of the environment; null where it is about none"),
        Column("service", "key of the service; null where it is about none"),
        Column("customer", "key of the customer; null where it is about none"),
        Column("raised", "Blockers that were raised", "count(*)"),
        Column("ended", "those that are over", "count(resolved_at)"),
        Column(
            "median_restore_seconds",
            "seconds of elapsed time from opening to end, for half of them less; null where none has ended",
            "percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM resolved_at - opened_at)::bigint)"
            " FILTER (WHERE resolved_at IS NOT NULL)",
        ),
        Column(
            "longest_restore_seconds",
            "seconds of elapsed time of the longest; null where none has ended",
            "extract(epoch FROM max(resolved_at - opened_at))::bigint",
        ),
    ),
)
VIEWS = (ESCALATIONS, NOTIFICATIONS, PAGES, RESTORATIONS)
