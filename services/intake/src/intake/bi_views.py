"""What intake shows to BI tools, as views of the schema `reporting` (docs/reporting.md).

No free text, and nobody outside the house: neither contacts nor what they wrote.
"""

from common.persistence.bi_views import Column, View

TICKETS = View(
    "tickets",
    "Tickets, as their work stands: one row each.",
    "tickets LEFT JOIN customers ON customers.id = tickets.customer_id LEFT JOIN environments ON environments.id = tickets.environment_id",
    (
        Column("ticket_id", "id of the ticket, the same in every service", "tickets.id"),
        Column("ticket", "what people call it: OPS-1042", "'OPS-' || tickets.number"),
        Column("customer_id", "null in triage", "tickets.customer_id"),
        Column("customer", "key of the customer", "customers.key"),
        Column("environment", "key of the environment", "environments.key"),
        Column("tier", "of the environment: production, staging, …", "environments.tier"),
        Column("service", "key of the service"),
        Column("kind", "incident, service_request, change_request, problem, question"),
        Column("nature", "of a change request: corrective, adaptive, perfective, preventive"),
        Column("priority", "present one: blocker, critical, major, minor, trivial"),
        Column("impact", "as judged; null where the priority was given without"),
        Column("urgency", "as judged; null where the priority was given without"),
        Column("state", "new, in_progress, on_hold, forwarded, resolved, verified, closed, …"),
        Column("waiting_on", "customer, partner or second_level; null unless on hold"),
        Column("channel", "how it came: portal, email, phone, monitoring, staff"),
        Column("team", "whose queue it lies in; null: first level's"),
        Column("partner", "key of the partner that has it; null unless forwarded to one"),
        Column("opened_at", "instant; may lie before it was written down"),
        Column("resolved_at", "instant of its present resolution; null without one"),
        Column("verified_at", "instant at which a second person confirmed it; null before"),
        Column("closed_at", "instant; null before"),
        Column("merged_into_id", "the ticket that lives on; null: none", "merged_into"),
        Column(
            "resolution_seconds",
            "from opening to its present resolution, by the clock on the wall; null without one",
            "extract(epoch FROM resolved_at - opened_at)::bigint",
        ),
        Column(
            "verification_seconds",
            "from resolution to the second person's word, by the clock on the wall; null before",
            "extract(epoch FROM verified_at - resolved_at)::bigint",
        ),
    ),
)
HAND_OVERS = View(
    "hand_overs",
    "Hand-overs by first level (R5): one row each.",
    "hand_overs",
    (
        Column("hand_over_id", "id of the record", "id"),
        Column("ticket_id", "see intake_tickets"),
        Column("at", "instant"),
        Column("handed_to", "second_level or partner", '"to"'),
        Column("partner", "key of the partner; null unless it went to one"),
    ),
)
ALERTS = View(
    "alerts",
    "Alerts of monitoring: one row per episode, from raised to ended.",
    "alerts LEFT JOIN customers ON customers.id = alerts.customer_id LEFT JOIN environments ON environments.id = alerts.environment_id",
    (
        Column("alert_id", "id of the episode", "alerts.id"),
        Column("monitor", "which machine raised it"),
        Column("severity", "in the monitor's own words; null where it said none"),
        Column("customer_id", "null where it is nobody's in particular", "alerts.customer_id"),
        Column("customer", "key of the customer", "customers.key"),
        Column("environment", "key of the environment", "environments.key"),
        Column("service", "key of the service"),
        Column("ticket_id", "see intake_tickets; null where none was opened for it"),
        Column("started_at", "instant"),
        Column("ended_at", "instant; null while it lasts"),
        Column(
            "duration_seconds",
            "from start to end; null while it lasts",
            "extract(epoch FROM ended_at - started_at)::bigint",
        ),
    ),
)
VIEWS: tuple[View, ...] = (TICKETS, HAND_OVERS, ALERTS)
