"""The incidents that problems cause; problems themselves extend tickets."""

from sqlalchemy import Column, Table, Text, Uuid

from intake.metadata import METADATA, instant

problem_incidents = Table(
    "problem_incidents",
    METADATA,
    Column("problem_id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, primary_key=True),
    Column("linked_by", Text, nullable=False),
    instant("linked_at", nullable=False),
)
