"""Which agreement versions another party may see: a customer, or a business partner."""

from sqlalchemy import ColumnElement, and_, any_, or_, select

from common.persistence.database import Connection
from sla.agreements.domain.outside_party import OutsideParty
from sla.agreements.tables import agreement_versions as versions
from sla.agreements.tables import agreements
from sla.directory.tables import customers


def visible_to(party: OutsideParty) -> ColumnElement[bool]:
    """The condition for what was published to a party, or awaits the customer's signature."""
    if party.kind == "customer":
        return _visible_to_customer(party.key)
    is_published = versions.c.published_at.is_not(None)
    return (agreements.c.contract == "uc") & (agreements.c.partner == party.key) & is_published


def _visible_to_customer(customer: str) -> ColumnElement[bool]:
    customer_id = select(customers.c.id).where(customers.c.key == customer).scalar_subquery()
    to_sign = and_(
        versions.c.customer_signs,
        versions.c.state.in_(("proposed", "agreed")),
        agreements.c.customer_id == customer_id,
    )
    is_published = versions.c.published_at.is_not(None)
    covers = customer_id == any_(versions.c.customers)
    is_default = and_(agreements.c.customer_id.is_(None), is_published)
    return and_(
        agreements.c.contract == "sla", or_(is_default, and_(covers, or_(is_published, to_sign)))
    )


async def list_keys_with_partner(tx: Connection, partner: str) -> list[str]:
    """The keys of the agreements with a partner of which a version was published."""
    published = select(versions.c.agreement_id).where(versions.c.published_at.is_not(None))
    query = select(agreements.c.key).where(
        agreements.c.contract == "uc",
        agreements.c.partner == partner,
        agreements.c.id.in_(published),
    )
    return list(await tx.scalars(query.order_by(agreements.c.key)))
