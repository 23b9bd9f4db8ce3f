"""Links between tickets."""

from sqlalchemy import Column, Table, Text, Uuid

from intake.metadata import METADATA, instant

ticket_links = Table(
    "ticket_links",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("other_id", Uuid, nullable=False),
    Column("created_by", Text, nullable=False),
    instant("created_at", nullable=False),
)
