"""Tables: work, rate sheets, accounts of reserved hours."""

from sqlalchemy import BigInteger, Column, Date, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from sla.metadata import METADATA, instant

rate_sheets = Table(
    "rate_sheets",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("customer_id", Uuid),
    Column("version", Integer),
    Column("currency", Text),
    Column("rates", JSONB),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("made_by", Text),
    instant("made_at"),
)

work = Table(
    "work",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("ticket_id", Uuid),
    Column("customer_id", Uuid),
    Column("agreement_id", Uuid),
    Column("person", Text),
    Column("minutes", Integer),
    Column("day", Date),
    Column("rate", Text),
    Column("corrects", Uuid),
    Column("reason", Text),
    Column("recorded_by", Text),
    instant("recorded_at"),
)

hours_accounts = Table(
    "hours_accounts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid),
    Column("customer_id", Uuid),
    Column("month", Date),
    instant("warned_at"),
    Column("sequence", BigInteger),
)
