"""Views of measured promises, of what was measured day by day, and of warnings in the running month."""

from common.persistence.bi_views import Column, View

PROMISES = View(
    "measured_promises",
    "Promises about measured figures: one row per version.",
    "measured_promises p JOIN series s ON s.id = p.series_id LEFT JOIN LATERAL (SELECT min(later.valid_from) AS valid_until"
    " FROM measured_promises later WHERE later.series_id = p.series_id AND later.valid_from > p.valid_from) AS next ON true",
    (
        Column("series_id", "id of what is measured", "p.series_id"),
        Column("series", "key of what is measured", "s.key"),
        Column("version", "counts from 1", "p.version"),
        Column(
            "customer_id",
            "customer to whom it is promised; null: to nobody in particular",
            "s.customer_id",
        ),
        Column("service", "key of the service; null: none", "s.service"),
        Column("environment", "key of the environment; null: none", "s.environment"),
        Column("unit", "unit of target and baseline", "s.unit"),
        Column("valid_from", "instant", "p.valid_from"),
        Column(
            "valid_until", "instant, not included; null: the newest version", "next.valid_until"
        ),
        Column("statistic", "mean, median, p95, max, min, last; of a month", "p.statistic"),
        Column("better", "lower or higher", "p.better"),
        Column("target", "promised figure, in the unit", "p.target"),
        Column("baseline", "figure before the promise, in the unit; null: none", "p.baseline"),
        Column("agreed_by", "sub", "p.agreed_by"),
        Column("agreed_at", "instant", "p.agreed_at"),
    ),
)
SAMPLES = View(
    "measured_days",
    "What was measured: one row per series and day (in UTC), whether it is promised or not.",
    "sample_days d JOIN series s ON s.id = d.series_id",
    (
        Column("series_id", "id of what is measured", "d.series_id"),
        Column("series", "key of what is measured", "s.key"),
        Column("day", "date in UTC", "d.day"),
        Column("customer_id", "see sla_customers; null: of nobody in particular", "s.customer_id"),
        Column("service", "key of the service; null: none", "s.service"),
        Column("environment", "key of the environment; null: none", "s.environment"),
        Column("unit", "unit of the figures", "s.unit"),
        Column("samples", "number of samples", "d.count"),
        Column("lowest", "in the unit", "d.low"),
        Column("mean", "in the unit", "d.total / d.count"),
        Column("highest", "in the unit", "d.peak"),
    ),
)
DOWNTIME_WARNINGS = View(
    "downtime_warnings",
    "Warnings that a part of a month's allowed downtime is used: one row each, also of the running month.",
    "availability_warnings w JOIN availability_budgets b ON b.id = w.budget_id",
    (
        Column("agreement", "key of the agreement", "b.agreement"),
        Column("customer_id", "see sla_customers", "b.customer_id"),
        Column("month", "month in the agreement's zone: 2030-01", "to_char(b.month, 'YYYY-MM')"),
        Column("share", "used part of what is allowed, 0 to 1; 1: all of it", "w.share"),
        Column("reached_at", "instant at which it was used", "w.reached_at"),
        Column("known_at", "instant at which that was known", "w.known_at"),
    ),
)
GOAL_WARNINGS = View(
    "goal_warnings",
    "Goals that came to be at risk while their month lasted: one row per goal and month.",
    "goal_warnings",
    (
        Column("agreement", "key of the agreement"),
        Column("month", "month in the agreement's zone: 2030-01"),
        Column("goal", "what was agreed on, in words of the agreement's terms"),
        Column("at_risk_at", "instant; null: lost at once"),
        Column("lost_at", "instant from which on it could not be met; null: it could"),
    ),
)
VIEWS = (PROMISES, SAMPLES, DOWNTIME_WARNINGS, GOAL_WARNINGS)
