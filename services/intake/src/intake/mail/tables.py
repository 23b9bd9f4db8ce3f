"""E-mails as they came, and the message ids of each ticket's thread."""

from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from intake.metadata import METADATA, instant

mails = Table(
    "mails",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("message_id", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("received_by", Text, nullable=False),
    instant("received_at", nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text),
    Column("ticket_id", Uuid),
    instant("raw_deleted_at"),
    Column("raw_deleted_why", Text),
    Column("gateway", Text),
    Column("authentication", JSONB(none_as_null=True)),
    Column("sender", Text),
    Column("sender_name", Text),
    Column("subject", Text),
    Column("text", Text),
    Column("occurrence", BigInteger, nullable=False),
    Column("next_step", Text),
    Column("set_aside_by", Text),
    instant("set_aside_at"),
)

mail_threads = Table(
    "mail_threads",
    METADATA,
    Column("message_id", Text, primary_key=True),
    Column("ticket_id", Uuid, primary_key=True),
    Column("is_borne", Boolean, nullable=False),
)
