"""Investigations of tickets."""

from sqlalchemy import Boolean, Column, Table, Text, Uuid

from intake.metadata import METADATA, instant

investigations = Table(
    "investigations",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
    Column("started_by", Text, nullable=False),
    instant("started_at", nullable=False),
    instant("limit_at", nullable=False),
    Column("ended_by", Text),
    instant("ended_at"),
    Column("cause_found", Boolean),
    Column("cause", Text),
)
