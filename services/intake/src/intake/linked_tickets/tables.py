"""Linked systems and tickets, what is to be sent, what came, and conflicts."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Identity, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from intake.metadata import METADATA, instant

linked_systems = Table(
    "linked_systems",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("base_url", Text, nullable=False),
    Column("webhook_client", Text, nullable=False),
    Column("fields", JSONB, nullable=False),
    Column("customer_id", Uuid),
    Column("created_by", Text, nullable=False),
    instant("created_at", nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    instant("held_since"),
    instant("held_until"),
    Column("problem", Text),
)

linked_tickets = Table(
    "linked_tickets",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
    Column("system_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("known", JSONB, nullable=False),
    Column("created_by", Text, nullable=False),
    instant("created_at", nullable=False),
    Column("remote_id", Text),
    Column("remote_key", Text),
    Column("remote_path", Text),
    Column("earlier_tickets", ARRAY(Uuid), nullable=False),
)

linked_sends = Table(
    "linked_sends",
    METADATA,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("link_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("message_id", Uuid),
    Column("file", BigInteger),
    Column("remote_file", JSONB(none_as_null=True)),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    instant("next_try_at", nullable=False),
    Column("lease", Uuid),
    instant("settled_at"),
    Column("problem", Text),
)

linked_receipts = Table(
    "linked_receipts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("system_id", Uuid, nullable=False),
    Column("event", Text, nullable=False),
    instant("received_at", nullable=False),
    Column("outcome", Text, nullable=False),
    Column("ticket_id", Uuid),
    Column("remote_id", Text),
    Column("raw", Text),
)

linked_messages = Table(
    "linked_messages",
    METADATA,
    Column("message_id", Uuid, primary_key=True),
    Column("tickets", ARRAY(Uuid), nullable=False),
)

linked_conflicts = Table(
    "linked_conflicts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("link_id", Uuid, nullable=False),
    Column("field", Text, nullable=False),
    Column("ours", Text, nullable=False),
    Column("theirs", Text, nullable=False),
    instant("detected_at", nullable=False),
    Column("decision", Text),
    Column("decided_by", Text),
    instant("decided_at"),
    Column("reason", Text),
)
