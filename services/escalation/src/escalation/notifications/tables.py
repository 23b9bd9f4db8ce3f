"""The table of notifications."""

from sqlalchemy import ARRAY, Boolean, Column, ForeignKey, Integer, Table, Text, Uuid

from escalation.metadata import INSTANT, METADATA

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
    Column("link_used_at", INSTANT),
)
