"""Tables: series, measured promises, usage limits, samples, sample days, capacity forecasts."""

from sqlalchemy import BigInteger, Column, Date, Float, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from sla.metadata import METADATA, instant_column

series = Table(
    "series",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("customer_id", Uuid),
    Column("service", Text),
    Column("environment", Text),
    Column("sample_interval_seconds", Integer),
    Column("limit_status", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    instant_column("created_at", nullable=False),
)

measured_promises = Table(
    "measured_promises",
    METADATA,
    Column("series_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    instant_column("valid_from", nullable=False),
    Column("better", Text, nullable=False),
    Column("statistic", Text, nullable=False),
    Column("target", Float, nullable=False),
    Column("baseline", Float),
    Column("agreed_by", Text, nullable=False),
    instant_column("agreed_at", nullable=False),
)

usage_limits = Table(
    "usage_limits",
    METADATA,
    Column("series_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    instant_column("valid_from", nullable=False),
    Column("limit", Float, nullable=False),
    Column("reached", Text, nullable=False),
    Column("plan_ahead_seconds", Integer, nullable=False),
    Column("set_by", Text, nullable=False),
    instant_column("set_at", nullable=False),
)

samples = Table(
    "samples",
    METADATA,
    Column("series_id", Uuid, primary_key=True),
    Column("at", instant_column("at").type, primary_key=True),
    Column("value", Float, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("xid", BigInteger, nullable=False),
)

sample_days = Table(
    "sample_days",
    METADATA,
    Column("series_id", Uuid, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("total", Float, nullable=False),
    Column("low", Float, nullable=False),
    Column("peak", Float, nullable=False),
)

capacity_forecasts = Table(
    "capacity_forecasts",
    METADATA,
    Column("series_id", Uuid, primary_key=True),
    Column("computed_on", Date, primary_key=True),
    Column("outlook", JSONB, nullable=False),
)
