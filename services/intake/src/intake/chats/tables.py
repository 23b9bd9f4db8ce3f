"""Chats with their tickets, and the lines that are on them."""

from sqlalchemy import Column, Table, Text, Uuid

from intake.metadata import METADATA

chats = Table(
    "chats",
    METADATA,
    Column("system", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("chat_id", Text, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
)

chat_messages = Table(
    "chat_messages",
    METADATA,
    Column("system", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("chat_id", Text, primary_key=True),
    Column("line_key", Text, primary_key=True),
    Column("message_id", Uuid, nullable=False),
)
