"""Which ticket of another system became which here, and which files its export named."""

from sqlalchemy import Boolean, Column, Table, Text, Uuid

from intake.metadata import METADATA, instant

imported_tickets = Table(
    "imported_tickets",
    METADATA,
    Column("source", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
    instant("opened_there_at", nullable=False),
    instant("imported_at", nullable=False),
    Column("imported_by", Text, nullable=False),
)

imported_files = Table(
    "imported_files",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("source", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("ticket_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("is_public", Boolean, nullable=False),
    Column("message_id", Uuid),
    Column("taken_by", Text),
    instant("taken_at"),
)
