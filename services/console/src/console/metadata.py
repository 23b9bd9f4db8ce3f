"""What the tables share: the collection that they belong to, and the type of instants."""

from sqlalchemy import DateTime

from common.persistence.database import metadata

METADATA = metadata()
"""All tables of the console's schema, once `console.app` has imported every noun."""

INSTANT = DateTime(timezone=True)
