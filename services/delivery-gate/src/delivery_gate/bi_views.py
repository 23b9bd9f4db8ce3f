"""The views of delivery-gate for BI tools, in the schema `reporting` (docs/reporting.md).

People are their `sub`; what somebody wrote (justifications, descriptions, evidence) is not shown.
"""

from common.persistence.bi_views import Column, View

DELIVERIES = View(
    "deliveries",
    "Deliveries: one row for each attempt to bring a version into an environment.",
    "deliveries",
    (
        Column("delivery_id", "id of the delivery", "id"),
        Column("delivery", "key of the delivery: DEL-3", "key"),
        Column("product", "key of the product"),
        Column("version", "version that was asked for; null where none was named"),
        Column("customer", "key of the customer"),
        Column("environment", "key of the environment"),
        Column("tier", "tier of the environment: production, staging, test, development"),
        Column("attempt", "number of the attempt for this version and environment"),
        Column(
            "state",
            "evaluating, in_review, approved, delivering, verifying, delivered, refused, rolled_back, superseded, "
            "withdrawn or expired",
        ),
        Column("requested_at", "instant at which it was asked for"),
        Column("started_at", "instant at which it was begun; null before"),
        Column("ended_at", "instant of its end, whatever it was; null before"),
        Column(
            "review_seconds",
            "seconds of elapsed time from the request to its beginning; null before",
            "extract(epoch FROM started_at - requested_at)::bigint",
        ),
        Column(
            "delivery_seconds",
            "seconds of elapsed time from its beginning to its end; null before",
            "extract(epoch FROM ended_at - started_at)::bigint",
        ),
    ),
)
REFUSALS = View(
    "refusals",
    "Causes of refusals: one row for each reason of each verdict that refused.",
    "verdicts JOIN deliveries ON deliveries.id = verdicts.delivery_id"
    " CROSS JOIN LATERAL jsonb_array_elements(verdicts.reasons) AS given(reason)"
    " WHERE verdicts.outcome = 'refused'",
    (
        Column("verdict_id", "id of the verdict", "verdicts.id"),
        Column("delivery_id", "see delivery_gate_deliveries", "verdicts.delivery_id"),
        Column("product", "key of the product", "deliveries.product"),
        Column("customer", "key of the customer", "verdicts.customer"),
        Column("code", "why: a stable code", "given.reason ->> 'code'"),
        Column(
            "criterion",
            "criterion that was not met; null where none was",
            "given.reason ->> 'criterion'",
        ),
        Column("criteria_version", "version of the criteria that held"),
        Column("at", "instant of the verdict", "verdicts.at"),
    ),
)
EMERGENCIES = View(
    "emergency_changes",
    "Changes of an environment that no version held: one row each, with what they cost.",
    "emergency_changes",
    (
        Column("emergency_change_id", "id of the change", "id"),
        Column("emergency_change", "key of the change", "key"),
        Column("customer", "key of the customer"),
        Column("environment", "key of the environment"),
        Column("ticket_id", "see intake_tickets: the Blocker that it was for"),
        Column("state", "requested, authorized, applied, settled, lapsed or revoked"),
        Column("requested_at", "instant at which it was asked for"),
        Column("authorized_at", "instant at which a second person allowed it; null before"),
        Column("applied_at", "instant at which it was done; null before"),
        Column("settled_at", "instant at which a delivered version held it; null before"),
        Column(
            "debt_seconds",
            "seconds of elapsed time for which the environment ran what no version held; null while it does",
            "extract(epoch FROM coalesce(settled_at, lapsed_at) - applied_at)::bigint",
        ),
        Column("lapsed_at", "instant at which the environment was ended first; null unless it was"),
    ),
)
DEBTS = View(
    "debts",
    "Environments that run what no version holds now: one row each.",
    "environments WHERE debt_change_id IS NOT NULL",
    (
        Column("environment", "key of the environment", "key"),
        Column("emergency_change_id", "see delivery_gate_emergency_changes", "debt_change_id"),
        Column("since", "instant from which on it is so", "debt_since"),
        Column("due_at", "instant until which a version must hold it", "debt_due_at"),
        Column("overdue", "whether that was missed", "debt_overdue_since IS NOT NULL"),
    ),
)
FOLLOW_UPS = View(
    "follow_ups",
    "What refusals and emergency changes left to do: one row each.",
    "follow_ups",
    (
        Column("follow_up_id", "id of the follow-up", "id"),
        Column("follow_up", "key of the follow-up", "key"),
        Column("kind", "documentation, investigation or retest"),
        Column("delivery_id", "see delivery_gate_deliveries; null where it is of an emergency"),
        Column(
            "emergency_change_id",
            "see delivery_gate_emergency_changes; null where it is of a delivery",
            "emergency_id",
        ),
        Column("environment", "key of the environment"),
        Column("state", "open, closed or confirmed"),
        Column("opened_at", "instant at which it came to be"),
        Column("closed_at", "instant at which it was said to be done; null before"),
        Column("confirmed_at", "instant at which a second person confirmed it; null before"),
        Column(
            "open_seconds",
            "seconds of elapsed time from opening to closing; null before",
            "extract(epoch FROM closed_at - opened_at)::bigint",
        ),
    ),
)
MONTHS = View(
    "deliveries_monthly",
    "How often and how well is delivered (DORA): one row per month (in UTC), product and tier.",
    "deliveries WHERE started_at IS NOT NULL GROUP BY 1, product, tier",
    (
        Column(
            "month",
            "month of the beginning, in UTC: 2030-01",
            "to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM')",
        ),
        Column("product", "key of the product"),
        Column("tier", "tier of the environment"),
        Column("started", "deliveries that were begun", "count(*)"),
        Column(
            "delivered",
            "those that ended well",
            "count(*) FILTER (WHERE state = 'delivered')",
        ),
        Column(
            "rolled_back",
            "those that were taken back",
            "count(*) FILTER (WHERE state = 'rolled_back')",
        ),
        Column(
            "failure_ratio",
            "share that was taken back (0 to 1); null where none has ended",
            "count(*) FILTER (WHERE state = 'rolled_back')::numeric / nullif(count(*) FILTER (WHERE state IN"
            " ('delivered', 'rolled_back')), 0)",
        ),
        Column(
            "median_review_seconds",
            "seconds from request to beginning, for half of them less",
            "percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM started_at - requested_at)::bigint)",
        ),
        Column(
            "median_restore_seconds",
            "seconds from the beginning of a delivery that failed until it was taken back, for half of them less; null "
            "where none was (time to restore; that of Blockers is in escalation_restorations_monthly)",
            "percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - started_at)::bigint)"
            " FILTER (WHERE state = 'rolled_back')",
        ),
    ),
)
VIEWS = (DELIVERIES, REFUSALS, EMERGENCIES, DEBTS, FOLLOW_UPS, MONTHS)
