"""Tables: reviews, their schedule, editions, meetings, actions and audience."""

from sqlalchemy import ARRAY, BigInteger, Column, Date, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from sla.metadata import METADATA, instant

review_schedules = Table(
    "review_schedules",
    METADATA,
    Column("customer_id", Uuid, primary_key=True),
    Column("month", Text),
)

reviews = Table(
    "reviews",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("customer_id", Uuid),
    Column("month", Text),
    Column("figures", JSONB),
    Column("drawn_by", Text),
    instant("drawn_at"),
    Column("edition", Integer),
    Column("sequence", BigInteger),
)

review_editions = Table(
    "review_editions",
    METADATA,
    Column("review_id", Uuid, primary_key=True),
    Column("edition", Integer, primary_key=True),
    Column("figures", JSONB),
    Column("reason", Text),
    Column("drawn_by", Text),
    instant("drawn_at"),
    Column("published_by", Text),
    instant("published_at"),
)

review_agenda = Table(
    "review_agenda",
    METADATA,
    Column("review_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("title", Text),
    Column("by", Text),
    instant("at"),
)

review_minutes = Table(
    "review_minutes",
    METADATA,
    Column("review_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text", Text),
    Column("by", Text),
    instant("at"),
)

breach_remarks = Table(
    "breach_remarks",
    METADATA,
    Column("clock_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text", Text),
    Column("by", Text),
    instant("at"),
)

review_actions = Table(
    "review_actions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("customer_id", Uuid),
    Column("review_id", Uuid),
    Column("month", Text),
    Column("title", Text),
    Column("criterion", Text),
    Column("owner", Text),
    Column("due", Date),
    Column("agreed_by", Text),
    instant("agreed_at"),
    Column("state", Text),
    Column("done_by", Text),
    instant("done_at"),
    Column("evidence", Text),
    Column("verified_by", Text),
    instant("verified_at"),
    Column("sequence", BigInteger),
)

review_audiences = Table(
    "review_audiences",
    METADATA,
    Column("customer_id", Uuid, primary_key=True),
    Column("people", ARRAY(Text)),
    Column("contacts", ARRAY(Uuid)),
    Column("set_by", Text),
    instant("set_at"),
)

deliveries = Table(
    "deliveries",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("customer", Text),
    Column("product", Text),
    Column("version", Text),
    Column("environment", Text),
    Column("state", Text),
    instant("at"),
)
