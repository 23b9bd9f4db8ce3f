"""Tables: the warnings that were sent of goals."""

from sqlalchemy import BigInteger, Column, Table, Text, Uuid

from sla.metadata import METADATA, instant_column

goal_warnings = Table(
    "goal_warnings",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("agreement", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("goal", Text, nullable=False),
    instant_column("at_risk_at"),
    instant_column("lost_at"),
    Column("sequence", BigInteger, nullable=False),
)
