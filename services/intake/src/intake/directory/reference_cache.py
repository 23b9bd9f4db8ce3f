"""A cache of customers, environments and services by key: a key and its id never part, and an end is known soon.

All callers share it, so it is read with all rows: a contact's look-up must not hide what others may
see. Whether the caller may see what was found is for them who ask.
"""

import asyncio
from typing import Final, TypeVar

from common.auth import Caller
from common.errors import ValidationFailed
from common.http.references import Reference, describe_unknown
from common.persistence.database import Database
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Customer
from intake.directory.known_keys import REFERENCES
from intake.directory.sold_services import service_exists
from intake.directory.store import CUSTOMERS, ENVIRONMENTS, DirectoryRepository

MAX_AGE_S: Final = 30.0
"""Seconds after which the end of a customer or an environment holds on every replica."""

R = TypeVar("R", Customer, Environment)


class ReferenceCache:
    """Reads customers and environments again after MAX_AGE_S, a service once; unknown keys every time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._customers: dict[str, tuple[float, Customer]] = {}
        self._environments: dict[str, tuple[float, Environment]] = {}
        self._services: set[tuple[str, str | None]] = set()

    async def get_customer(self, key: str) -> Customer | None:
        """The customer with this key; None without one."""
        return await self._get(self._customers, CUSTOMERS, key)

    async def get_environment(self, key: str) -> Environment | None:
        """The environment with this key; None without one."""
        return await self._get(self._environments, ENVIRONMENTS, key)

    async def _get(
        self, known: dict[str, tuple[float, R]], repository: DirectoryRepository[R], key: str
    ) -> R | None:
        now = asyncio.get_running_loop().time()
        if key not in known or now - known[key][0] > MAX_AGE_S:
            async with self._database.transaction(all_rows=True) as tx:
                if (record := await repository.find(tx, key)) is None:
                    return None
            known[key] = (now, record)
        return known[key][1]

    async def has_service(self, key: str, customer: str | None = None) -> bool:
        """Whether the catalogue has this service; with `customer`, whether it was sold to them.

        What was sold once counts as long as the process runs.
        """
        if (key, customer) not in self._services:
            async with self._database.transaction(all_rows=True) as tx:
                if not await service_exists(tx, key, customer):
                    return False
            self._services.add((key, customer))
        return True

    async def unknown(self, caller: Caller, *references: Reference) -> ValidationFailed:
        """The answer to references that were not found, with the nearest keys the caller may see."""
        async with self._database.transaction() as tx:
            return ValidationFailed(await describe_unknown(tx, REFERENCES, references, caller))
