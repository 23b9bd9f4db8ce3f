"""Watchers of tickets."""

from sqlalchemy import Column, Table, Text, Uuid

from intake.metadata import METADATA, instant

ticket_watchers = Table(
    "ticket_watchers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
    Column("person", Text),
    Column("contact_id", Uuid),
    Column("added_by", Text, nullable=False),
    instant("added_at", nullable=False),
)
