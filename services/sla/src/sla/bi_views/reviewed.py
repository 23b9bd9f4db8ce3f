"""Views of what reviews say of a month: availability, goals, measured figures, and what was agreed on.

Availability follows from outages, maintenance, calendars and agreements by rules that stand in code once (C12). A view
cannot compute it again without saying another thing some day, so it shows what the rules said in the review
(docs/decisions/1140).
"""

from common.persistence.bi_views import Column, View
from sla.reviews.domain.uptimes import PRODUCTION_SUBJECT

NEWEST = (
    "reviews r LEFT JOIN review_editions e ON e.review_id = r.id AND e.edition = r.edition"
    " CROSS JOIN LATERAL (SELECT coalesce(e.figures, r.figures) AS figures) AS newest"
)
"""Each review with the report that counts: the newest published edition, else the draft."""
REVIEW_COLUMNS = (
    Column("review_id", "see sla_reviews", "r.id"),
    Column("customer_id", "see sla_customers", "r.customer_id"),
    Column("month", "the customer's own: 2030-01", "r.month"),
    Column(
        "edition", "edition of the review that says so; 0: drawn up, not published", "r.edition"
    ),
    Column(
        "preliminary",
        "whether the month was not over when it was drawn up",
        "(newest.figures ->> 'preliminary')::boolean",
    ),
)
SERVICE = Column(
    "service",
    "key of the service; null: production as a whole, which is down while any service is",
    f"nullif(line.value ->> 'subject', '{PRODUCTION_SUBJECT}')",
)


def _lines(name: str) -> str:
    """The FROM clause for the lines of a list of the report."""
    return f"{NEWEST} CROSS JOIN LATERAL jsonb_array_elements(newest.figures -> '{name}') AS line(value)"


def _field(name: str, type: str, description: str) -> Column:
    return Column(name, description, f"(line.value ->> '{name}')::{type}")


REVIEWS = View(
    "reviews",
    "Service reviews: one row per customer and month that was drawn up.",
    f"{NEWEST} LEFT JOIN LATERAL (SELECT count(*) AS agreed, count(*) FILTER (WHERE state = 'verified') AS verified"
    " FROM action_items WHERE review_id = r.id) AS actions ON true"
    " LEFT JOIN LATERAL (SELECT min(published_at) AS first_at, max(published_at) AS last_at FROM review_editions"
    " WHERE review_id = r.id) AS published ON true",
    (
        *REVIEW_COLUMNS,
        Column("review", "what people call it: acme-2030-01", "r.key"),
        Column("generated_by", "sub of who drew it up last", "r.generated_by"),
        Column("generated_at", "instant", "r.generated_at"),
        Column("published_at", "instant of the first edition; null before", "published.first_at"),
        Column(
            "last_published_at", "instant of the newest edition; null before", "published.last_at"
        ),
        Column(
            "breaches",
            "breached promises of the month",
            "(newest.figures ->> 'breaches_total')::int",
        ),
        Column("actions", "actions that were agreed on in it", "actions.agreed"),
        Column("actions_verified", "those that somebody else has seen done", "actions.verified"),
    ),
)
EDITIONS = View(
    "review_editions",
    "Published editions of reviews, none of which ever changes: one row each.",
    "review_editions",
    (
        Column("review_id", "see sla_reviews"),
        Column("edition", "counts from 1; each later one is a correction"),
        Column("generated_by", "sub of who drew it up"),
        Column("generated_at", "instant"),
        Column("published_by", "sub of who published it; never who drew it up"),
        Column("published_at", "instant"),
        Column(
            "availability",
            "of production as a whole, as this edition says, 0 to 1; null: no agreed time",
            '(jsonb_path_query_first(figures, \'$.uptimes[*]?(@."subject" == '
            f"\"{PRODUCTION_SUBJECT}\").availability') #>> '{{}}')::float8",
        ),
    ),
)
ACTIONS = View(
    "review_actions",
    "Actions that were agreed on in reviews: one row each.",
    "action_items",
    (
        Column("action_id", "id of the action", "id"),
        Column("action", "what people call it: RA-7", "key"),
        Column("review_id", "see sla_reviews"),
        Column("customer_id", "see sla_customers"),
        Column("month", "month of the review in which it was agreed on"),
        Column("owner", "sub of who does it"),
        Column("due", "date in the customer's zone"),
        Column("agreed_by", "sub"),
        Column("agreed_at", "instant"),
        Column("state", "open, done or verified"),
        Column("done_by", "sub of who did it, the owner; null before"),
        Column("done_at", "instant; null before"),
        Column("verified_by", "sub of who has seen it done, somebody else; null before"),
        Column("verified_at", "instant; null before"),
    ),
)
AVAILABILITY = View(
    "availability",
    "Availability as reviews say it: one row per customer, month and service (promised, or with an outage), and one"
    " for production as a whole.",
    _lines("uptimes"),
    (
        *REVIEW_COLUMNS,
        SERVICE,
        _field("availability", "float8", "share of the agreed time, 0 to 1; null: no agreed time"),
        _field("promised", "float8", "promised share, 0 to 1; null: none"),
        Column(
            "met",
            "whether what was promised was kept; null where nothing was",
            "(line.value ->> 'availability')::float8 >= (line.value ->> 'promised')::float8",
        ),
        _field("agreed_seconds", "bigint", "agreed service time of the month"),
        _field("down_seconds", "bigint", "downtime in it, without agreed maintenance"),
        _field("mttr_seconds", "bigint", "mean time to repair; null without an ended failure"),
        _field("mtbf_seconds", "bigint", "mean time between failures; null without a failure"),
    ),
)
DOWNTIME = View(
    "daily_downtime",
    "Downtime by date, as reviews say it: one row per customer, service and day on which something was down.",
    f"{_lines('uptimes')} CROSS JOIN LATERAL jsonb_array_elements(line.value -> 'down') AS dated(value)",
    (
        *REVIEW_COLUMNS,
        SERVICE,
        Column(
            "day",
            "date, in the customer's own zone (sla_customers.day_zone)",
            "(dated.value ->> 0)::date",
        ),
        Column(
            "down_seconds",
            "elapsed time, overlapping outages once, without agreed maintenance",
            "(dated.value ->> 1)::bigint",
        ),
    ),
)
GOALS = View(
    "goals",
    "Goals of agreements as reviews say it: one row per customer, month and goal.",
    _lines("goals"),
    (
        *REVIEW_COLUMNS,
        _field("agreement", "text", "key of the agreement"),
        _field("goal", "text", "what was agreed on, in words of the agreement's terms"),
        _field("metric", "text", "what was promised; availability"),
        _field("service", "text", "key of the service; null: all of them"),
        _field("target", "float8", "agreed share, 0 to 1"),
        _field("met", "int", "promises that were kept"),
        _field("broken", "int", "promises that were broken, those that are waived among them"),
        _field("waived", "int", "of these: approved before the deadline"),
        _field(
            "share", "float8", "share that was kept, 0 to 1; null where nothing came to its end"
        ),
        _field(
            "state", "text", "met, missed, none; while the month lasts: on_track, at_risk, lost"
        ),
        _field("credit", "numeric", "service credit before any cap; null where none is agreed"),
        _field("currency", "text", "ISO 4217; null where no credit is agreed"),
    ),
)
MEASURED = View(
    "measured_results",
    "Measured promises as reviews say it: one row per customer, month and figure.",
    _lines("measured"),
    (
        *REVIEW_COLUMNS,
        _field("name", "text", "what is measured"),
        _field("scope", "text", "key of its service, else of its environment; '' for neither"),
        _field("unit", "text", "unit of target and actual"),
        _field("statistic", "text", "mean, median, p95, max, min, last"),
        _field("better", "text", "lower or higher"),
        _field("target", "float8", "promised figure, in the unit"),
        _field("actual", "float8", "figure of the month, in the unit; null without samples"),
        _field("verdict", "text", "met, breached, unmeasured (too few samples)"),
    ),
)
VIEWS = (REVIEWS, EDITIONS, ACTIONS, AVAILABILITY, DOWNTIME, GOALS, MEASURED)
