"""Deliveries, their approvals, and every verdict on them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from delivery_gate.metadata import INSTANT, METADATA, identity, key, sequence

deliveries = Table(
    "deliveries",
    METADATA,
    identity(),
    key(),
    sequence(),
    Column("product", Text, ForeignKey("products.key"), nullable=False),
    Column("version", Text, comment="As requested; it may name no version at all."),
    Column("requested_digest", Text),
    Column("version_id", Uuid, ForeignKey("versions.id")),
    Column("digest", Text),
    Column("environment_id", Uuid, ForeignKey("environments.id"), nullable=False),
    Column("environment", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("lifecycle", Text, nullable=False),
    Column("readiness", JSONB, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column(
        "counted", Boolean, nullable=False, comment="False: held by a follow-up, no attempt (G5)."
    ),
    Column("requested_by", Text, nullable=False),
    Column("requested_at", INSTANT, nullable=False),
    Column("state", Text, nullable=False),
    Column("started_by", Text),
    Column("started_at", INSTANT),
    Column("ended_at", INSTANT),
    UniqueConstraint("id", "requested_by"),
    CheckConstraint(
        "state IN ('evaluating', 'in_review', 'approved', 'delivering', 'verifying', 'delivered',"
        " 'refused', 'rolled_back', 'superseded', 'withdrawn', 'expired')",
        name="state",
    ),
    CheckConstraint(
        "state NOT IN ('approved', 'delivering', 'verifying', 'delivered')"
        " OR (version_id IS NOT NULL AND digest IS NOT NULL)",
        name="nothing_unversioned",
    ),
    Index(
        "uq_deliveries_one_runs",
        "environment_id",
        unique=True,
        postgresql_where="state IN ('delivering', 'verifying')",
    ),
    Index(
        "uq_deliveries_attempt",
        "environment_id",
        "product",
        "version",
        "attempt",
        unique=True,
        postgresql_where="counted",
    ),
    Index(
        "ix_deliveries_waiting",
        "environment_id",
        postgresql_where="state IN ('evaluating', 'in_review', 'approved')",
    ),
    Index(
        "ix_deliveries_in_review",
        "requested_at",
        "id",
        postgresql_where="state IN ('in_review', 'approved')",
    ),
    Index("ix_deliveries_deferred", "product", "digest", postgresql_where="state = 'evaluating'"),
    Index("ix_deliveries_requested_at", "requested_at", "id"),
    Index("ix_deliveries_version", "product", "version", "requested_at", "id"),
    Index("ix_deliveries_delivered", "product", "digest", postgresql_where="state = 'delivered'"),
)

approvals = Table(
    "approvals",
    METADATA,
    Column("delivery_id", Uuid, primary_key=True),
    Column("approved_by", Text, primary_key=True),
    Column("criteria_version", Integer, primary_key=True),
    Column("requested_by", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("at", INSTANT, nullable=False),
    # A copy of the requester, which the foreign key verifies: so four eyes can be a CHECK.
    ForeignKeyConstraint(
        ["delivery_id", "requested_by"], ["deliveries.id", "deliveries.requested_by"]
    ),
    CheckConstraint("approved_by <> requested_by", name="four_eyes"),
)

verdicts = Table(
    "verdicts",
    METADATA,
    identity(),
    Column("position", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("delivery_id", Uuid, ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("customer", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reasons", JSONB, nullable=False),
    Column("follow_ups", JSONB, nullable=False, comment="Keys of those it opened or that held."),
    Column("criteria_version", Integer, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("at", INSTANT, nullable=False),
    CheckConstraint("outcome IN ('accepted', 'refused', 'deferred')", name="outcome"),
    CheckConstraint(
        "outcome <> 'refused' OR (reasons <> '[]' AND follow_ups <> '[]')", name="no_bare_refusal"
    ),
    Index("ix_verdicts_refused", "position", postgresql_where="outcome = 'refused'"),
    comment="Append-only: the service's role may neither update nor delete.",
)
