"""Tables of cases (`escalations`) and of their timelines."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, ForeignKey, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from escalation.metadata import INSTANT, METADATA

escalations = Table(
    "escalations",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("sequence", BigInteger, nullable=False),
    Column("opened_at", INSTANT, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("dedup_key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("ticket_kind", Text),
    Column("service", Text),
    Column("customer", Text),
    Column("environment", Text),
    Column("tier", Text),
    Column("ticket_id", Uuid),
    Column("ticket", Text),
    Column("expected_breach_at", INSTANT),
    Column("policy_id", Uuid, ForeignKey("policies.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("due_at", INSTANT),
    Column("round", Integer, nullable=False),
    Column("fired_step", Integer, nullable=False),
    Column("next_step", Integer, nullable=False),
    Column("exhausted", Boolean, nullable=False),
    Column("acknowledged_by", ARRAY(Text), nullable=False),
    Column("snooze_requested_by", Text),
    Column("snooze_until", INSTANT),
    Column("resolve_requested_by", Text),
    Column("resolved_at", INSTANT),
)

timeline = Table(
    "timeline",
    METADATA,
    Column("escalation_id", Uuid, ForeignKey("escalations.id"), primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("at", INSTANT, nullable=False),
    Column("kind", Text, nullable=False),
    Column("by", Text),
    Column("confirmed_by", Text),
    Column("detail", JSONB, nullable=False),
)
