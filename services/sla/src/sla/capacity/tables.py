"""Tables: series, what was promised of them, their limits, samples and outlooks."""

from sqlalchemy import BigInteger, Column, Date, Float, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from sla.metadata import METADATA, instant

series = Table(
    "series",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("name", Text),
    Column("unit", Text),
    Column("customer_id", Uuid),
    Column("service", Text),
    Column("environment", Text),
    Column("every_seconds", Integer),
    Column("standing", Text),
    Column("sequence", BigInteger),
    Column("created_by", Text),
    instant("created_at"),
)

measure_promises = Table(
    "measure_promises",
    METADATA,
    Column("series_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    instant("valid_from"),
    Column("better", Text),
    Column("judged_by", Text),
    Column("target", Float),
    Column("baseline", Float),
    Column("agreed_by", Text),
    instant("agreed_at"),
)

usage_limits = Table(
    "usage_limits",
    METADATA,
    Column("series_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    instant("valid_from"),
    Column("limit", Float),
    Column("reached", Text),
    Column("plan_ahead_seconds", Integer),
    Column("set_by", Text),
    instant("set_at"),
)

samples = Table(
    "samples",
    METADATA,
    Column("series_id", Uuid, primary_key=True),
    Column("at", instant("at").type, primary_key=True),
    Column("value", Float),
)

sample_days = Table(
    "sample_days",
    METADATA,
    Column("series_id", Uuid, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("count", Integer),
    Column("total", Float),
    Column("low", Float),
    Column("peak", Float),
)

outlooks = Table(
    "outlooks",
    METADATA,
    Column("series_id", Uuid, primary_key=True),
    Column("made_on", Date, primary_key=True),
    Column("outlook", JSONB),
)
