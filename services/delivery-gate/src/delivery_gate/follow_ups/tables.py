"""What is owed: the work after a refusal, and emergency changes until a version contains them."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, Uuid

from delivery_gate.metadata import INSTANT, METADATA, identity, key, sequence

follow_ups = Table(
    "follow_ups",
    METADATA,
    identity(),
    key(),
    sequence(),
    Column("kind", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("delivery_id", Uuid, ForeignKey("deliveries.id")),
    Column("environment_id", Uuid, ForeignKey("environments.id"), nullable=False),
    Column("environment", Text, nullable=False),
    Column("held_product", Text),
    Column("held_version", Text),
    Column("held_digest", Text),
    Column("opened_at", INSTANT, nullable=False),
    Column("state", Text, nullable=False),
    Column("evidence", Text),
    Column("closed_by", Text),
    Column("closed_at", INSTANT),
    Column("confirmed_by", Text),
    Column("confirmed_at", INSTANT),
    CheckConstraint("kind IN ('documentation', 'investigation', 'retest')", name="kind"),
    CheckConstraint("state IN ('open', 'closed', 'confirmed')", name="state"),
    CheckConstraint("confirmed_by <> closed_by", name="four_eyes"),
    CheckConstraint(
        "state = 'open' OR num_nonnulls(evidence, closed_by, closed_at) = 3", name="evidence"
    ),
    CheckConstraint(
        "(state = 'confirmed') = (confirmed_by IS NOT NULL AND confirmed_at IS NOT NULL)",
        name="confirmed",
    ),
    Index("ix_follow_ups_holding", "held_product", postgresql_where="state IN ('open', 'closed')"),
    Index("ix_follow_ups_delivery_id", "delivery_id"),
    Index("ix_follow_ups_opened_at", "opened_at", "id"),
)

emergency_changes = Table(
    "emergency_changes",
    METADATA,
    identity(),
    key(),
    sequence(),
    Column("environment_id", Uuid, ForeignKey("environments.id"), nullable=False),
    Column("environment", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("ticket_id", Uuid, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("requested_at", INSTANT, nullable=False),
    Column("state", Text, nullable=False),
    Column("authorized_by", Text),
    Column("authorized_at", INSTANT),
    Column("applied_by", Text),
    Column("applied_at", INSTANT),
    Column("settled_by_version", Uuid, ForeignKey("deliveries.id")),
    Column("settled_at", INSTANT),
    Column("revoked_at", INSTANT),
    Column("revocation_reason", Text),
    CheckConstraint(
        "state IN ('requested', 'authorized', 'applied', 'settled', 'revoked')", name="state"
    ),
    CheckConstraint("authorized_by <> requested_by", name="four_eyes"),
    CheckConstraint(
        "state NOT IN ('authorized', 'applied', 'settled') OR authorized_by IS NOT NULL",
        name="authorized",
    ),
    CheckConstraint(
        "state NOT IN ('applied', 'settled') OR applied_by IS NOT NULL", name="applied"
    ),
    Index(
        "uq_emergency_changes_one_open",
        "environment_id",
        unique=True,
        postgresql_where="state IN ('requested', 'authorized', 'applied')",
    ),
)
