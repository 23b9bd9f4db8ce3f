"""The table of who is where, as the migrations make it."""

from sqlalchemy import Column, Table, Text

from console.metadata import INSTANT, METADATA

presence = Table(
    "presence",
    METADATA,
    Column("ticket", Text, primary_key=True),
    Column("sub", Text, primary_key=True),
    Column("person_name", Text, nullable=False),
    Column("doing", Text, nullable=False),
    Column("seen_at", INSTANT, nullable=False),
)
