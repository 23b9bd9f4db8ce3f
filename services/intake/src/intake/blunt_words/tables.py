"""The lists of blunt words."""

from sqlalchemy import Column, Table, Text

from intake.metadata import METADATA, instant

blunt_words = Table(
    "blunt_words",
    METADATA,
    Column("language", Text, primary_key=True),
    Column("phrase", Text, primary_key=True),
    Column("instead", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    instant("changed_at", nullable=False),
)
