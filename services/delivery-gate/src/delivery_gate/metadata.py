"""The collection that all tables of the schema belong to, and the columns that recur."""

from sqlalchemy import BigInteger, Column, DateTime, Text, Uuid

from common.persistence.database import metadata

METADATA = metadata()
INSTANT = DateTime(timezone=True)


def identity() -> Column[object]:
    return Column("id", Uuid, primary_key=True)


def key() -> Column[object]:
    """What people say aloud; unique, never changed."""
    return Column("key", Text, nullable=False, unique=True)


def sequence() -> Column[object]:
    """How many events were told of the aggregate; also its ETag."""
    return Column("sequence", BigInteger, nullable=False)
