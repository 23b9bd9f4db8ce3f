"""Once a customer is ended, nobody of theirs is let in, whatever their identity provider gives them."""

from uuid import UUID

import pytest

from common.auth.revocation import load_revocations, on_customer_ended, refresh_revocations
from common.auth.revoked import CustomerEnded, Revocations
from common.events.directory import CustomerKnown
from common.messaging.inbox import Handlers, for_each
from common.now import now
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver
from opsdesk_testing.tokens import create_authenticator, token

HANDLERS: Handlers = {CustomerKnown: for_each(on_customer_ended)}


def customer_event(*, retired: bool, number: int = 1, key: str = "acme") -> CustomerKnown:
    return CustomerKnown(
        at=now(),
        customer_id=UUID(int=number),
        customer=key,
        name="Acme",
        timezone="Europe/Amsterdam",
        language="nl",
        retired=retired,
    )


async def _ended(database: Database) -> frozenset[str]:
    async with database.transaction() as tx:
        return (await load_revocations(tx)).ended_customers


async def test_what_intake_announces_holds_until_it_announces_otherwise(database: Database) -> None:
    """A directory that is restored from before the end announces the customer as there is one"""
    other = customer_event(retired=False, number=2, key="brightwater")
    await deliver(database, HANDLERS, (customer_event(retired=True), 1), (other, 1))
    await deliver(database, HANDLERS, (customer_event(retired=True), 2))
    assert await _ended(database) == {"acme"}
    await deliver(database, HANDLERS, (customer_event(retired=False), 3))
    assert await _ended(database) == frozenset()


async def test_neither_a_known_nor_a_new_token_of_theirs_is_accepted() -> None:
    authenticator = create_authenticator()
    before = f"Bearer {token('jan')}".encode()
    assert (await authenticator.authenticate(before)).customer == "acme"
    authenticator.set_revoked(Revocations(ended_customers=frozenset({"acme"})))
    newcomer = f"Bearer {token('nobody-knows-them', customer='acme')}".encode()
    for one in (before, newcomer):
        assert authenticator.cached_caller(one) is None
        with pytest.raises(CustomerEnded) as refused:
            await authenticator.authenticate(one)
        assert refused.value.type == "urn:opsdesk:error:customer-ended"
    for other in ("britta", "anna", "pipeline", "hosthaven"):
        assert await authenticator.authenticate(f"Bearer {token(other)}".encode())


async def test_a_service_that_starts_knows_it_before_its_first_request(database: Database) -> None:
    await deliver(database, HANDLERS, (customer_event(retired=True), 1))
    authenticator = create_authenticator()
    await refresh_revocations(database, authenticator)
    with pytest.raises(CustomerEnded):
        await authenticator.authenticate(f"Bearer {token('jan')}".encode())
