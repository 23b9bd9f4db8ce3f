"""Tables: reviews, their schedule, editions, meetings, actions and audience."""

from sqlalchemy import ARRAY, BigInteger, Column, Date, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from sla.metadata import METADATA, instant_column

review_schedules = Table(
    "review_schedules",
    METADATA,
    Column("customer_id", Uuid, primary_key=True),
    Column("month", Text, nullable=False),
)

reviews = Table(
    "reviews",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("month", Text, nullable=False),
    Column("figures", JSONB, nullable=False),
    Column("generated_by", Text, nullable=False),
    instant_column("generated_at", nullable=False),
    Column("edition", Integer, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

review_editions = Table(
    "review_editions",
    METADATA,
    Column("review_id", Uuid, primary_key=True),
    Column("edition", Integer, primary_key=True),
    Column("figures", JSONB, nullable=False),
    Column("reason", Text),
    Column("generated_by", Text, nullable=False),
    instant_column("generated_at", nullable=False),
    Column("published_by", Text, nullable=False),
    instant_column("published_at", nullable=False),
)

review_agenda = Table(
    "review_agenda",
    METADATA,
    Column("review_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("by", Text, nullable=False),
    instant_column("at", nullable=False),
)

review_minutes = Table(
    "review_minutes",
    METADATA,
    Column("review_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("by", Text, nullable=False),
    instant_column("at", nullable=False),
)

breach_comments = Table(
    "breach_comments",
    METADATA,
    Column("clock_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("by", Text, nullable=False),
    instant_column("at", nullable=False),
)

action_items = Table(
    "action_items",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("review_id", Uuid, nullable=False),
    Column("month", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("criterion", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("due", Date, nullable=False),
    Column("agreed_by", Text, nullable=False),
    instant_column("agreed_at", nullable=False),
    Column("state", Text, nullable=False),
    Column("done_by", Text),
    instant_column("done_at"),
    Column("evidence", Text),
    Column("verified_by", Text),
    instant_column("verified_at"),
    Column("sequence", BigInteger, nullable=False),
)

review_audiences = Table(
    "review_audiences",
    METADATA,
    Column("customer_id", Uuid, primary_key=True),
    Column("people", ARRAY(Text), nullable=False),
    Column("contacts", ARRAY(Uuid), nullable=False),
    Column("set_by", Text, nullable=False),
    instant_column("set_at", nullable=False),
)

deliveries = Table(
    "deliveries",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("state", Text, nullable=False),
    instant_column("at", nullable=False),
)
