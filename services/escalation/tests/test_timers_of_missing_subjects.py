"""A deadline of what is gone: it fires once and is gone, too."""

from common.persistence.database import Database
from escalation.timers import TIMERS
from opsdesk_testing.protocol import fire_for_missing_subjects


async def test_no_kind_of_deadline_stays_due_for_a_subject_that_is_gone(database: Database) -> None:
    assert await fire_for_missing_subjects(database, TIMERS) == []
