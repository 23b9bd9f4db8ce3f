"""Which ticket of another system became which here."""

from sqlalchemy import Column, Table, Text, Uuid

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
