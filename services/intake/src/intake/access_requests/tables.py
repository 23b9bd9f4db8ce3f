"""Access requests."""

from sqlalchemy import Column, Date, Table, Text, Uuid

from intake.metadata import METADATA, instant

access_requests = Table(
    "access_requests",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("environment", Text),
    Column("resource", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("until", Date, nullable=False),
    Column("requested_by", Text, nullable=False),
    instant("requested_at", nullable=False),
    Column("decision", Text),
    Column("decision_reason", Text),
    Column("decided_by", Text),
    instant("decided_at"),
    Column("granted_by", Text),
    instant("granted_at"),
    Column("grant_verified_by", Text),
    instant("grant_verified_at"),
    Column("recertified_by", Text),
    instant("recertified_at"),
    Column("removal_asked_by", Text),
    instant("removal_asked_at"),
    Column("removal_reason", Text),
    Column("removed_by", Text),
    instant("removed_at"),
    Column("removal_verified_by", Text),
    instant("removal_verified_at"),
)
