"""Customers' escalations; their reasons and our answers are messages of the ticket."""

from sqlalchemy import Column, Table, Text, Uuid

from intake.metadata import METADATA, instant

customer_escalations = Table(
    "customer_escalations",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
    Column("message_id", Uuid, nullable=False),
    Column("escalated_by", Text, nullable=False),
    instant("escalated_at", nullable=False),
    instant("due_at", nullable=False),
    Column("owner", Text),
    Column("answer_id", Uuid),
    Column("answered_by", Text),
    instant("answered_at"),
)
