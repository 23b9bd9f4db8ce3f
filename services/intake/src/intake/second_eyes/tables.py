"""What was announced as waiting too long for a second person."""

from sqlalchemy import BigInteger, Column, Table, Text, Uuid

from intake.metadata import METADATA, instant

overdue_second_eyes = Table(
    "overdue_second_eyes",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("waiting_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("customer", Text),
    instant("since", nullable=False),
    instant("announced_at", nullable=False),
    instant("given_at"),
    Column("sequence", BigInteger, nullable=False),
)
