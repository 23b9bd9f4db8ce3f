"""Notices to customers."""

from sqlalchemy import Column, Table, Text, Uuid

from intake.metadata import METADATA, instant

notices = Table(
    "notices",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("source_key", Text, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("environment", Text),
    Column("service", Text),
    instant("starts_at", nullable=False),
    instant("ends_at"),
    instant("at", nullable=False),
    Column("state", Text, nullable=False),
    Column("first_id", Uuid),
    Column("decided_by", Text),
    instant("decided_at"),
    Column("dismissal_asked_by", Text),
    instant("dismissal_asked_at"),
)
