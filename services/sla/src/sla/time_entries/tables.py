"""Tables: time entries, rate cards, reserved-hours accounts, changes booked on reserved hours."""

from sqlalchemy import BigInteger, Column, Date, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from sla.metadata import METADATA, instant_column

rate_cards = Table(
    "rate_cards",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("customer_id", Uuid),
    Column("version", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("rates", JSONB, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("created_by", Text, nullable=False),
    instant_column("created_at", nullable=False),
)

time_entries = Table(
    "time_entries",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("ticket_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("agreement_id", Uuid),
    Column("person", Text, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("rate", Text, nullable=False),
    Column("corrects", Uuid),
    Column("reason", Text),
    Column("created_by", Text, nullable=False),
    instant_column("created_at", nullable=False),
)

reserved_hours_accounts = Table(
    "reserved_hours_accounts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("month", Date, nullable=False),
    instant_column("warned_at"),
    Column("sequence", BigInteger, nullable=False),
)

reserved_hours_bookings = Table(
    "reserved_hours_bookings",
    METADATA,
    Column("ticket_id", Uuid, primary_key=True),
    Column("agreement_id", Uuid),
    Column("customer_id", Uuid, nullable=False),
    Column("month", Date, nullable=False),
    Column("minutes", Integer, nullable=False),
)
