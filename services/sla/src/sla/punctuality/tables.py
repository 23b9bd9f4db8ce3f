"""Tables: beats, punctuality seals."""

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

from sla.metadata import METADATA, instant

beats = Table(
    "beats",
    METADATA,
    Column("run", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), primary_key=True),
    instant("since"),
    Column("looks", Integer),
    Column("longest", Interval),
)

punctuality_seals = Table(
    "punctuality_seals",
    METADATA,
    Column("number", BigInteger, primary_key=True),
    Column("day", Date),
    Column("closes", Boolean),
    instant("sealed_at"),
    Column("size", Integer),
    Column("leaves", LargeBinary),
    Column("previous", LargeBinary),
    Column("chain", LargeBinary),
    instant("until_at"),
    Column("until_name", Text),
)
