"""Who has read what, in which hour."""

from sqlalchemy import Column, DateTime, Table, Text

from intake.metadata import METADATA

personal_data_reads = Table(
    "personal_data_reads",
    METADATA,
    Column("subject", Text, primary_key=True),
    Column("who", Text, primary_key=True),
    Column("hour", DateTime(timezone=True), primary_key=True),
)
