"""The views of intake for BI tools, in the schema `reporting` (docs/reporting.md).

They have no free text and no personal data: neither contacts nor what they wrote.
"""

from common.persistence.bi_views import Column, View

TICKETS = View(
    "tickets",
    "Tickets in their present state: one row each.",
    "tickets LEFT JOIN customers ON customers.id = tickets.customer_id LEFT JOIN environments ON environments.id = tickets.environment_id",
    (
        Column("ticket_id", "id of the ticket, the same in every service", "tickets.id"),
        Column("ticket", "key of the ticket: OPS-1042", "'OPS-' || tickets.number"),
        Column(
            "customer_id",
            "id of the customer; null while the ticket waits for triage",
            "tickets.customer_id",
        ),
        Column("customer", "key of the customer", "customers.key"),
        Column("environment", "key of the environment", "environments.key"),
        Column(
            "tier",
            "tier of the environment: production, staging, test, development",
            "environments.tier",
        ),
        Column("service", "key of the service"),
        Column("kind", "incident, service_request, change_request, problem, question"),
        Column(
            "nature", "nature of a change request: corrective, adaptive, perfective, preventive"
        ),
        Column("priority", "present priority: blocker, critical, major, minor, trivial"),
        Column("impact", "high, medium or low; null where the priority was set without it"),
        Column("urgency", "high, medium or low; null where the priority was set without it"),
        Column("state", "new, in_progress, on_hold, forwarded, resolved, verified, closed, …"),
        Column("waiting_on", "customer, partner, second_level or date; null unless on hold"),
        Column("channel", "how it was reported: portal, email, phone, chat, monitoring, staff"),
        Column("team", "key of the team that has it; null: first level"),
        Column("partner", "key of the partner that has it; null unless forwarded to one"),
        Column(
            "opened_at", "instant at which the customer asked; may be before the ticket was stored"
        ),
        Column("resolved_at", "instant of its present resolution; null without one"),
        Column(
            "verified_at", "instant at which a second person verified the resolution; null before"
        ),
        Column("closed_at", "instant at which it was closed; null before"),
        Column(
            "merged_into_id",
            "id of the ticket into which it was merged; null: not merged",
            "merged_into",
        ),
        Column(
            "resolution_seconds",
            "seconds of elapsed time from opening to its present resolution; null without one",
            "extract(epoch FROM resolved_at - opened_at)::bigint",
        ),
        Column(
            "verification_seconds",
            "seconds of elapsed time from resolution to verification; null before",
            "extract(epoch FROM verified_at - resolved_at)::bigint",
        ),
        Column("suggested_priority", "priority that the contact asked for; null without a wish"),
        Column("detected_by", "who found it first: customer, monitoring, ops"),
    ),
)
HAND_OVERS = View(
    "hand_overs",
    "Hand-overs by first level: one row each.",
    "hand_overs",
    (
        Column("hand_over_id", "id of the record", "id"),
        Column("ticket_id", "see intake_tickets"),
        Column("at", "instant of the hand-over"),
        Column("handed_to", "second_level or partner", '"to"'),
        Column("partner", "key of the partner; null unless it went to one"),
    ),
)
ALERTS = View(
    "alerts",
    "Alerts of monitors: one row for each episode, from its start to its end.",
    "alerts LEFT JOIN customers ON customers.id = alerts.customer_id LEFT JOIN environments ON environments.id = alerts.environment_id",
    (
        Column("alert_id", "id of the episode", "alerts.id"),
        Column("monitor", "sub of the monitor that raised it"),
        Column("severity", "severity as the monitor names it; null without one"),
        Column(
            "customer_id",
            "id of the customer; null where the labels name none",
            "alerts.customer_id",
        ),
        Column("customer", "key of the customer", "customers.key"),
        Column("environment", "key of the environment", "environments.key"),
        Column("service", "key of the service"),
        Column("ticket_id", "see intake_tickets; null where no ticket was opened for it"),
        Column("started_at", "instant at which the episode started"),
        Column("ended_at", "instant at which the episode ended; null while it lasts"),
        Column(
            "duration_seconds",
            "seconds of elapsed time from start to end; null while it lasts",
            "extract(epoch FROM ended_at - started_at)::bigint",
        ),
    ),
)
DETECTION = View(
    "detection",
    "Who found incidents first: one row per month and customer.",
    "tickets LEFT JOIN customers ON customers.id = tickets.customer_id WHERE kind = 'incident' AND detected_by IS NOT NULL"
    " GROUP BY 1, tickets.customer_id, customers.key",
    (
        Column(
            "month",
            "month of the opening, in UTC: 2030-01",
            "to_char(opened_at AT TIME ZONE 'UTC', 'YYYY-MM')",
        ),
        Column("customer_id", "id of the customer; null in triage", "tickets.customer_id"),
        Column("customer", "key of the customer", "customers.key"),
        Column("incidents", "incidents that were opened", "count(*)"),
        Column(
            "found_by_customer",
            "those that the customer found first",
            "count(*) FILTER (WHERE detected_by = 'customer')",
        ),
        Column(
            "found_by_monitoring",
            "those that monitoring found first",
            "count(*) FILTER (WHERE detected_by = 'monitoring')",
        ),
        Column(
            "found_by_customer_ratio",
            "share of those that the customer found first, 0 to 1",
            "round(count(*) FILTER (WHERE detected_by = 'customer')::numeric / count(*), 4)",
        ),
    ),
)
INVESTIGATIONS = View(
    "investigations",
    "Searches for a cause: one row each.",
    "investigations",
    (
        Column("investigation_id", "id of the search", "id"),
        Column("ticket_id", "see intake_tickets"),
        Column("started_at", "instant of its start"),
        Column("ended_at", "instant of its end; null while it lasts"),
        Column(
            "cause_found",
            "whether the cause was found; null while it lasts, and where it ended with its ticket",
        ),
        Column(
            "is_long",
            "whether it took longer than the set time; null while it lasts",
            "ended_at > limit_at",
        ),
    ),
)
IMPROVEMENTS = View(
    "monitoring_improvements",
    "Improvements of the monitoring that are or were owed: one row each.",
    "monitoring_improvements",
    (
        Column("improvement_id", "id of the improvement", "id"),
        Column("improvement", "key of the improvement: MON-7", "key"),
        Column("ticket_id", "see intake_tickets"),
        Column("cause", "found_by_customer, long_investigation"),
        Column("owed_since", "instant since which it is owed"),
        Column("due_at", "instant by which it is to be done"),
        Column("done_at", "instant at which it was done; null before"),
        Column("verified_at", "instant at which another person verified it; null before"),
        Column(
            "overdue_at", "instant at which its time was over; null: done in time, or time is left"
        ),
    ),
)
FEEDBACK = View(
    "feedback",
    "What contacts said of resolved tickets: one row each.",
    "ticket_feedback",
    (
        Column("feedback_id", "id of the answer", "id"),
        Column("ticket_id", "see intake_tickets"),
        Column("given_at", "instant of the answer"),
        Column("solved", "whether the contact says that it was solved"),
        Column("rating", "1 (bad) to 5 (good); null without one"),
    ),
)
VIEWS: tuple[View, ...] = (
    TICKETS,
    HAND_OVERS,
    ALERTS,
    DETECTION,
    INVESTIGATIONS,
    IMPROVEMENTS,
    FEEDBACK,
)
