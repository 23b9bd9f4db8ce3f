"""The words of reasons that the audit trail names by their digest."""

from sqlalchemy import Column, LargeBinary, Table, Text

from intake.metadata import METADATA, instant

reasons = Table(
    "reasons",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("who", Text, nullable=False),
    instant("at", nullable=False),
    Column("words", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
)
