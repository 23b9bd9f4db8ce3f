"""Emergency changes, and the Blockers that justify them."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Table, Text, Uuid

from delivery_gate.metadata import INSTANT, METADATA, identity, key, sequence

blockers = Table(
    "blockers",
    METADATA,
    Column("ticket_id", Uuid, primary_key=True),
    Column("ticket", Text, nullable=False),
    Column("environment_id", Uuid),
    Column("environment", Text),
    Column("state", Text, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    CheckConstraint("state IN ('open', 'lowered', 'closed')", name="state"),
    Index("ix_blockers_open", "environment_id", postgresql_where="state = 'open'"),
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
    Column("settled_by_delivery", Uuid, ForeignKey("deliveries.id")),
    Column("settled_at", INSTANT),
    Column("lapsed_at", INSTANT),
    Column("revoked_at", INSTANT),
    Column("revocation_reason", Text),
    Column("blocker_ended_at", INSTANT),
    CheckConstraint(
        "state IN ('requested', 'authorized', 'applied', 'settled', 'lapsed', 'revoked')",
        name="state",
    ),
    CheckConstraint("authorized_by <> requested_by", name="four_eyes"),
    CheckConstraint(
        "state NOT IN ('authorized', 'applied', 'settled', 'lapsed') OR authorized_by IS NOT NULL",
        name="authorized",
    ),
    CheckConstraint(
        "state NOT IN ('applied', 'settled', 'lapsed') OR applied_by IS NOT NULL", name="applied"
    ),
    CheckConstraint("blocker_ended_at < applied_at", name="without_blocker"),
    Index("ix_emergency_changes_ticket_id", "ticket_id"),
    Index(
        "ix_emergency_changes_unapplied",
        "id",
        postgresql_where="state IN ('requested', 'authorized')",
    ),
    Index(
        "uq_emergency_changes_one_open",
        "environment_id",
        unique=True,
        postgresql_where="state IN ('requested', 'authorized', 'applied')",
    ),
)
