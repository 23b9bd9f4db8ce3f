"""The names of parties, services and people that a contract shows."""

from common.persistence.database import Connection
from sla.agreements.documents.contract import ContractNames
from sla.agreements.schemas.responses import AnyAgreement, PartyTerms, customer_of, customers_of
from sla.agreements.store.service_names import names_of_services
from sla.agreements.store.version_rows import AgreementVersion
from sla.directory.store.customers import list_by_keys
from sla.directory.store.people import name_of_partner


async def load_names(
    tx: Connection, stored: AgreementVersion, response: AnyAgreement, provider: str | None
) -> ContractNames:
    """The names of those whom the reader of this response may know."""
    customer = customer_of(response)
    keys = {*customers_of(response), *([customer] if customer else ())}
    partner = stored.agreement.partner
    return ContractNames(
        customers={one.key: one.name for one in await list_by_keys(tx, keys)},
        services=await names_of_services(tx, _services(response)),
        people=stored.people,
        partner=None if partner is None else await name_of_partner(tx, partner),
        provider=provider,
    )


def _services(response: AnyAgreement) -> list[str]:
    """The services that it covers, and those about which it has a goal: it may cover all of them."""
    goals = response.goals if isinstance(response, PartyTerms) else []
    return [*response.services, *(one.service for one in goals if one.service is not None)]
