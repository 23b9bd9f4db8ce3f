"""A cache of customers and environments by key: a key and its id never part."""

from common.persistence.database import Database
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Customer
from intake.directory.store import CUSTOMERS, ENVIRONMENTS


class ReferenceCache:
    """Reads each customer and environment once; unknown keys are looked up every time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._customers: dict[str, Customer] = {}
        self._environments: dict[str, Environment] = {}

    async def get_customer(self, key: str) -> Customer | None:
        """The customer with this key; None without one."""
        if key not in self._customers:
            async with self._database.transaction() as tx:
                if (customer := await CUSTOMERS.find(tx, key)) is None:
                    return None
            self._customers[key] = customer
        return self._customers[key]

    async def get_environment(self, key: str) -> Environment | None:
        """The environment with this key; None without one."""
        if key not in self._environments:
            async with self._database.transaction() as tx:
                if (environment := await ENVIRONMENTS.find(tx, key)) is None:
                    return None
            self._environments[key] = environment
        return self._environments[key]
