"""The criteria that the first migration stores."""

from common.persistence.database import Database
from delivery_gate.criteria.domain.criteria import FIRST_CRITERIA
from delivery_gate.criteria.store import get_current_criteria


async def test_the_first_criteria_are_those_of_the_core(database: Database) -> None:
    async with database.transaction() as tx:
        assert await get_current_criteria(tx) == FIRST_CRITERIA
