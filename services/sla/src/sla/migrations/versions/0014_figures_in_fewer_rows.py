"""Histograms summed up beforehand, and months by service, priority or kind: fewer rows for an answer.

The figures of all customers together have indexes apart from those of each: one for both made the
planner read all customers' rows to find those of customer 0. What the former release counts while both run is not in the sums until its day is counted again
(docs/decisions/0694).
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

EVERYBODY = "'00000000-0000-0000-0000-000000000000'"

SUMS = f"""
CREATE TABLE time_sums (
    span text NOT NULL CHECK (span IN ('day', 'month')),
    customer_id uuid NOT NULL,
    day date NOT NULL,
    service text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    apart text NOT NULL CHECK (apart IN ('', 'service', 'priority', 'kind')),
    metric text NOT NULL,
    contract text NOT NULL,
    agreement text NOT NULL,
    buckets smallint[] NOT NULL,
    ended int[] NOT NULL CHECK (cardinality(ended) = cardinality(buckets)),
    seconds bigint NOT NULL,
    PRIMARY KEY
        (span, customer_id, day, service, priority, kind, apart, metric, contract, agreement)
) WITH (fillfactor = 80);
COMMENT ON TABLE time_sums IS
    'Histograms of time_figures, a row each. Days are those of all customers together (0) alone.';
COMMENT ON COLUMN time_sums.apart IS
    'Which of service, priority and kind it tells apart; the others are together, and empty.';
COMMENT ON COLUMN time_sums.ended IS 'How many ended in each of the buckets, in their order.';
CREATE INDEX ix_time_sums_each ON time_sums (metric, apart, span, service, priority, kind, day)
    WHERE customer_id <> {EVERYBODY};
COMMENT ON INDEX ix_time_sums_each IS
    'Of many customers; one, and all of them together, are found by the primary key.';
DELETE FROM time_figures WHERE span = 'total';
INSERT INTO time_sums
SELECT span, customer_id, day, service, priority, kind, apart, metric, contract, agreement,
    array_agg(bucket ORDER BY bucket)::smallint[], array_agg(ended ORDER BY bucket)::int[],
    sum(seconds)::bigint
FROM (
    SELECT f.span, f.customer_id, f.day, told.service, told.priority, told.kind, told.apart,
        f.metric, f.contract, f.agreement, f.bucket, sum(f.ended) AS ended, sum(f.seconds) AS seconds
    FROM time_figures f CROSS JOIN LATERAL (VALUES
        ('', '', '', ''),
        ('service', f.service, '', ''),
        ('priority', '', f.priority, ''),
        ('kind', '', '', f.kind)
    ) AS told (apart, service, priority, kind)
    WHERE f.span = 'month' OR f.customer_id = {EVERYBODY}
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
) AS histograms
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
DROP INDEX ix_time_figures_day;
CREATE INDEX ix_time_figures_all ON time_figures (span, metric, day)
    WHERE customer_id = {EVERYBODY};
CREATE INDEX ix_time_figures_each ON time_figures (span, metric, day)
    WHERE customer_id <> {EVERYBODY};
"""


FIGURES = {
    "ticket_figures": (
        "",
        "opened resolved rejected reopened merged entered gone opened_epochs still_open",
    ),
    "clock_figures": ("metric, contract, agreement, ", "met breached waived"),
    "work_figures": ("rate, currency, ", "minutes cents"),
}


def upgrade() -> None:
    for statement in SUMS.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for table, (keys, figures) in FIGURES.items():
        _together(table, keys, figures.split())
        op.execute(f"DROP INDEX ix_{table}_day")
        for name, condition in (("all", "="), ("each", "<>")):
            op.execute(
                f"CREATE INDEX ix_{table}_{name} ON {table} (span, day)"
                f" WHERE customer_id {condition} {EVERYBODY}"
            )


def _together(table: str, keys: str, figures: list[str]) -> None:
    """Months in which one of services, priorities and kinds is told apart."""
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_span_check")
    op.execute(
        f"ALTER TABLE {table} ADD CHECK"
        " (span IN ('day', 'month', 'total', 'service', 'priority', 'kind'))"
    )
    for span in ("service", "priority", "kind"):
        told = ", ".join(key if key == span else "''" for key in ("service", "priority", "kind"))
        sums = ", ".join(f"sum({name})" for name in figures)
        places = ", ".join(str(place + 1) for place in range(6 + keys.count(",")))
        op.execute(
            f"INSERT INTO {table} (span, customer_id, day, service, priority, kind, {keys}"
            f" {', '.join(figures)})"
            f" SELECT '{span}', customer_id, day, {told}, {keys} {sums} FROM {table}"
            f" WHERE span = 'month' GROUP BY {places}"
        )
