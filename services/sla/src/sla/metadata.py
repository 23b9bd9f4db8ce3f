"""The metadata that all tables of the sla schema share."""

from datetime import datetime

from sqlalchemy import Column, DateTime

from common.persistence.database import metadata

METADATA = metadata()


def instant_column(name: str, *, nullable: bool = True) -> Column[datetime]:
    """A column of instants: a timestamp with time zone."""
    return Column(name, DateTime(timezone=True), nullable=nullable)
