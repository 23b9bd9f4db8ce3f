"""Follow-ups: the work that refusals and drifts oblige to."""

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
    Column("emergency_id", Uuid, ForeignKey("emergency_changes.id")),
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
    Column("owner", Text, comment="Whose work it is; null: whoever asked for what was refused."),
    Column("due_at", INSTANT),
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
    Index("ix_follow_ups_held_product", "held_product", "opened_at", "id"),
    Index("ix_follow_ups_open", "id", postgresql_where="state = 'open'"),
    Index("ix_follow_ups_closed", "id", postgresql_where="state = 'closed'"),
    Index("ix_follow_ups_delivery_id", "delivery_id"),
    Index("uq_follow_ups_emergency_id", "emergency_id", unique=True),
    Index("ix_follow_ups_opened_at", "opened_at", "id"),
    Index("ix_follow_ups_owner", "owner", "opened_at", "id"),
)
