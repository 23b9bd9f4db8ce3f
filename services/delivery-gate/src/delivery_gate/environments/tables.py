"""Customers' environments: what runs there, and what they owe."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Table, Text, Uuid

from delivery_gate.metadata import INSTANT, METADATA, identity, key, sequence

environments = Table(
    "environments",
    METADATA,
    identity(),
    key(),
    sequence(),
    Column("customer_id", Uuid, nullable=False),
    Column("customer", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("debt_change_id", Uuid),
    Column("debt_change", Text),
    Column("debt_since", INSTANT),
    Column("debt_due_at", INSTANT),
    Column("debt_overdue_since", INSTANT),
    Column("drift_product", Text),
    Column("drift_digest", Text),
    Column("drift_since", INSTANT),
    CheckConstraint(
        "num_nonnulls(debt_change_id, debt_change, debt_since, debt_due_at) IN (0, 4)",
        name="debt_is_whole",
    ),
    Index(
        "ix_environments_in_debt",
        "debt_change_id",
        postgresql_where="debt_change_id IS NOT NULL",
    ),
    comment="Locked first by everything that happens on an environment.",
)

running = Table(
    "running",
    METADATA,
    Column("environment_id", Uuid, ForeignKey("environments.id"), primary_key=True),
    Column("product", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    comment="What was last delivered and verified, or explained.",
)
