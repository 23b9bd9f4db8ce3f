"""The metadata that all tables of the delivery_gate schema share, and the columns that recur."""

from sqlalchemy import BigInteger, Column, DateTime, Text, Uuid

from common.persistence.database import metadata

METADATA = metadata()
INSTANT = DateTime(timezone=True)


def identity() -> Column[object]:
    """The primary key `id`."""
    return Column("id", Uuid, primary_key=True)


def key() -> Column[object]:
    """The name that people use (`DEL-1001`, `acme-prod`): unique, never changed."""
    return Column("key", Text, nullable=False, unique=True)


def sequence() -> Column[object]:
    """The number of the aggregate's last event; also its ETag."""
    return Column("sequence", BigInteger, nullable=False)
