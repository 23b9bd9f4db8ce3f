"""What contacts said about resolved tickets; their words are messages of the ticket."""

from sqlalchemy import Boolean, Column, SmallInteger, Table, Text, Uuid

from intake.metadata import METADATA, instant

ticket_feedback = Table(
    "ticket_feedback",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
    Column("solved", Boolean, nullable=False),
    Column("rating", SmallInteger),
    Column("message_id", Uuid),
    Column("given_by", Text, nullable=False),
    instant("given_at", nullable=False),
)
