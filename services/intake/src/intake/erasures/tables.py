"""Which contacts are to be erased, and by whom."""

from sqlalchemy import Column, Table, Text, Uuid

from intake.metadata import METADATA, instant

contact_erasures = Table(
    "contact_erasures",
    METADATA,
    Column("contact_id", Uuid, primary_key=True),
    Column("requested_by", Text, nullable=False),
    instant("requested_at", nullable=False),
    Column("reason", Text, nullable=False),
    Column("confirmed_by", Text),
    instant("confirmed_at"),
)
