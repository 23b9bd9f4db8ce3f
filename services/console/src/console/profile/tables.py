"""The table of profiles, as the migrations make it."""

from sqlalchemy import Boolean, Column, Table, Text

from console.metadata import INSTANT, METADATA

profiles = Table(
    "profiles",
    METADATA,
    Column("sub", Text, primary_key=True),
    Column("language", Text),
    Column("zone", Text),
    Column("single_keys", Boolean, nullable=False),
    Column("after_finishing", Text, nullable=False),
    Column("changed_at", INSTANT, nullable=False),
)
