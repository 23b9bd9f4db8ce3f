"""What the tables of every noun share: the collection that they belong to, and the type of instants."""

from sqlalchemy import DateTime

from common.persistence.database import metadata

METADATA = metadata()
"""All tables of the escalation schema, once `escalation.app` has imported every noun."""

INSTANT = DateTime(timezone=True)
