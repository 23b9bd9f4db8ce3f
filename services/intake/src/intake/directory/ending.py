"""End customers and environments; with a customer end the contacts and environments, in one transaction."""

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Table, select

from common.audit import JSON
from common.auth.persons import list_accounts_of_contacts
from common.auth.revocation import store_ended_customer
from common.domain import Actor, Rejection
from common.persistence.database import Connection
from intake.directory.commands import change, end_contacts
from intake.directory.domain.ending import confirm_end, end_with
from intake.directory.domain.parties import Customer
from intake.directory.store import CONTACTS, CUSTOMERS, ENVIRONMENTS, DirectoryRepository, T
from intake.directory.tables import contacts, environments
from intake.revocations.commands import revoke_accounts

LEFT: Final = "the customer has left"
"""Why the tokens of a contact are revoked whose customer is ended."""


async def confirm_customer_end(
    tx: Connection, actor: Actor, before: Customer, person: str, token_lifetime_s: int
) -> Customer | Rejection:
    """End a locked customer with all contacts and environments, on the word of a second person."""
    outcome = confirm_end(before, person)
    grounds: dict[str, JSON] = {"requested_by": before.end_asked_by}
    stored = await change(tx, actor, "customer.end.confirm", CUSTOMERS, before, outcome, grounds)
    if isinstance(stored, Rejection):
        return stored
    await store_ended_customer(tx, stored.id, stored.key)
    ended: dict[str, JSON] = {"customer_ended": stored.key}
    for environment in await _lock_current(tx, ENVIRONMENTS, environments, stored.id):
        gone = end_with(environment, stored)
        await change(tx, actor, "environment.end", ENVIRONMENTS, environment, gone, ended)
    ids = [contact.id for contact in await _lock_current(tx, CONTACTS, contacts, stored.id)]
    await end_contacts(tx, actor, ids, ended)
    accounts = await list_accounts_of_contacts(tx, ids)
    await revoke_accounts(tx, actor, accounts, LEFT, token_lifetime_s)
    return stored


async def _lock_current(
    tx: Connection, repository: DirectoryRepository[T], table: Table, customer_id: UUID
) -> list[T]:
    """What of a customer has not been ended yet, locked, oldest first."""
    current: tuple[ColumnElement[bool], ...] = (
        table.c.customer_id == customer_id,
        ~table.c.retired,
    )
    await tx.execute(
        select(table.c.id).where(*current).order_by(table.c.id).with_for_update(key_share=True)
    )
    rows = await tx.execute(repository.query.where(*current).order_by(table.c.id))
    return [repository.factory(row) for row in rows]
