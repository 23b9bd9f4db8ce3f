"""A cache of customers, environments and services by key: a key and its id never part.

All callers share it, so it is read with all rows: a contact's look-up must not hide what others may
see. Whether the caller may see what was found is for them who ask.
"""

from common.auth import Caller
from common.errors import ValidationFailed
from common.http.references import Reference, describe_unknown
from common.persistence.database import Database
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Customer
from intake.directory.known_keys import REFERENCES
from intake.directory.store import CUSTOMERS, ENVIRONMENTS, service_exists


class ReferenceCache:
    """Reads each customer, environment and service once; unknown keys are looked up every time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._customers: dict[str, Customer] = {}
        self._environments: dict[str, Environment] = {}
        self._services: set[tuple[str, str | None]] = set()

    async def get_customer(self, key: str) -> Customer | None:
        """The customer with this key; None without one."""
        if key not in self._customers:
            async with self._database.transaction(all_rows=True) as tx:
                if (customer := await CUSTOMERS.find(tx, key)) is None:
                    return None
            self._customers[key] = customer
        return self._customers[key]

    async def get_environment(self, key: str) -> Environment | None:
        """The environment with this key; None without one."""
        if key not in self._environments:
            async with self._database.transaction(all_rows=True) as tx:
                if (environment := await ENVIRONMENTS.find(tx, key)) is None:
                    return None
            self._environments[key] = environment
        return self._environments[key]

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
