"""Every query about the services that customers bought."""

from sqlalchemy import any_, exists, select

from common.persistence.database import Connection
from intake.directory.tables import services


async def service_exists(tx: Connection, key: str, customer: str | None = None) -> bool:
    """Whether there is this service; with `customer`, whether it was sold to them."""
    where = [services.c.key == key]
    if customer is not None:
        where.append(any_(services.c.sold_to) == customer)
    return bool(await tx.scalar(select(exists().where(*where))))


async def list_services(tx: Connection, customer: str) -> list[str]:
    """The keys of the services that a customer (a key) bought and that are still offered."""
    query = select(services.c.key).where(any_(services.c.sold_to) == customer, ~services.c.retired)
    return list(await tx.scalars(query.order_by(services.c.key)))
