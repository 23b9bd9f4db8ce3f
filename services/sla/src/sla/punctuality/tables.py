"""Tables: heartbeats, punctuality seals."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    Interval,
    LargeBinary,
    Table,
    Text,
    Uuid,
)

from sla.metadata import METADATA, instant_column

heartbeats = Table(
    "heartbeats",
    METADATA,
    Column("run", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), primary_key=True),
    instant_column("since"),
    Column("looks", Integer, nullable=False),
    Column("longest", Interval, nullable=False),
)

punctuality_seals = Table(
    "punctuality_seals",
    METADATA,
    Column("number", BigInteger, primary_key=True),
    Column("day", Date, nullable=False),
    Column("closes", Boolean, nullable=False),
    instant_column("sealed_at", nullable=False),
    Column("size", Integer, nullable=False),
    Column("leaves", LargeBinary, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    instant_column("until_at", nullable=False),
    Column("until_name", Text, nullable=False),
)
