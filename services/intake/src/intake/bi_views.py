"""What intake shows to BI tools, as views of the schema `reporting` (docs/reporting.md).

No free text, and nobody outside the house: neither contacts nor what they wrote.
"""

from common.persistence.bi_views import Shown, View

TICKETS = View(
    "tickets",
    "Tickets, as their work stands: one row each.",
    "tickets LEFT JOIN customers ON customers.id = tickets.customer_id"
    " LEFT JOIN environments ON environments.id = tickets.environment_id",
    (
        Shown("ticket_id", "id of the ticket, the same in every service", "tickets.id"),
        Shown("ticket", "what people call it: OPS-1042", "'OPS-' || tickets.number"),
        Shown("customer_id", "null in triage", "tickets.customer_id"),
        Shown("customer", "key of the customer", "customers.key"),
        Shown("environment", "key of the environment", "environments.key"),
        Shown("tier", "of the environment: production, staging, …", "environments.tier"),
        Shown("service", "key of the service"),
        Shown("kind", "incident, service_request, change_request, problem, question"),
        Shown("nature", "of a change request: corrective, adaptive, perfective, preventive"),
        Shown("priority", "present one: blocker, critical, major, minor, trivial"),
        Shown("impact", "as judged; null where the priority was given without"),
        Shown("urgency", "as judged; null where the priority was given without"),
        Shown("state", "new, in_progress, waiting, forwarded, resolved, verified, closed, …"),
        Shown("waiting_on", "customer, partner or second_level; null unless waiting"),
        Shown("channel", "how it came: portal, email, phone, monitoring, staff"),
        Shown("team", "whose queue it lies in; null: first level's"),
        Shown("partner", "key of the partner that has it; null unless forwarded to one"),
        Shown("opened_at", "instant; may lie before it was written down"),
        Shown("resolved_at", "instant of its present resolution; null without one"),
        Shown("verified_at", "instant at which a second person confirmed it; null before"),
        Shown("closed_at", "instant; null before"),
        Shown("merged_into_id", "the ticket that lives on; null: none", "merged_into"),
        Shown(
            "resolution_seconds",
            "from opening to its present resolution, by the clock on the wall; null without one",
            "extract(epoch FROM resolved_at - opened_at)::bigint",
        ),
        Shown(
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
        Shown("hand_over_id", "id of the record", "id"),
        Shown("ticket_id", "see intake_tickets"),
        Shown("at", "instant"),
        Shown("handed_to", "second_level or partner", '"to"'),
        Shown("partner", "key of the partner; null unless it went to one"),
    ),
)
ALERTS = View(
    "alerts",
    "Alerts of monitoring: one row per episode, from raised to ended.",
    "alerts LEFT JOIN customers ON customers.id = alerts.customer_id"
    " LEFT JOIN environments ON environments.id = alerts.environment_id",
    (
        Shown("alert_id", "id of the episode", "alerts.id"),
        Shown("monitor", "which machine raised it"),
        Shown("severity", "in the monitor's own words; null where it said none"),
        Shown("customer_id", "null where it is nobody's in particular", "alerts.customer_id"),
        Shown("customer", "key of the customer", "customers.key"),
        Shown("environment", "key of the environment", "environments.key"),
        Shown("service", "key of the service"),
        Shown("ticket_id", "see intake_tickets; null where none was opened for it"),
        Shown("started_at", "instant"),
        Shown("ended_at", "instant; null while it lasts"),
        Shown(
            "lasted_seconds",
            "from start to end; null while it lasts",
            "extract(epoch FROM ended_at - started_at)::bigint",
        ),
    ),
)
VIEWS: tuple[View, ...] = (TICKETS, HAND_OVERS, ALERTS)
