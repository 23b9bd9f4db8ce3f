"""The tables of the escalation schema; the migrations make them, a test holds both together."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from common.persistence.database import metadata

METADATA = metadata()

INSTANT = DateTime(timezone=True)

people = Table(
    "people",
    METADATA,
    Column("sub", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("retired", Boolean, nullable=False),
)

personal_settings = Table(
    "personal_settings",
    METADATA,
    Column("sub", Text, primary_key=True),
    Column("channels", JSONB, nullable=False),
    Column("rules", JSONB, nullable=False),
)

customers = Table(
    "customers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("retired", Boolean, nullable=False),
)

environments = Table(
    "environments",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("retired", Boolean, nullable=False),
)

policies = Table(
    "policies",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("created_by", Text, nullable=False),
)

matrices = Table(
    "matrices",
    METADATA,
    Column("version", Integer, primary_key=True),
    Column("rows", JSONB, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("created_by", Text, nullable=False),
)

rotas = Table(
    "rotas",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("body", JSONB, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("created_by", Text, nullable=False),
)

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
    Column("kind", Text),
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
    Column("passes", Integer, nullable=False),
    Column("fired", Integer, nullable=False),
    Column("next_step", Integer, nullable=False),
    Column("exhausted", Boolean, nullable=False),
    Column("acknowledged_by", ARRAY(Text), nullable=False),
    Column("snooze_requested_by", Text),
    Column("snooze_until", INSTANT),
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

notifications = Table(
    "notifications",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("escalation_id", Uuid, ForeignKey("escalations.id"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("send_at", INSTANT, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tried", ARRAY(Text), nullable=False),
    Column("to_fallback", Boolean, nullable=False),
    Column("next_try_at", INSTANT, nullable=False),
    Column("lease", Uuid),
    Column("settled_at", INSTANT),
    Column("problem", Text),
)
