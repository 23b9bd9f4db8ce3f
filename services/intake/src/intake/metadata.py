"""The metadata that all tables of the intake schema share; the migrations make the tables."""

from datetime import datetime

from sqlalchemy import Column, DateTime

from common.persistence.database import metadata

METADATA = metadata()


def instant(name: str, *, nullable: bool = True) -> Column[datetime]:
    """A column of instants, with time zone."""
    return Column(name, DateTime(timezone=True), nullable=nullable)
