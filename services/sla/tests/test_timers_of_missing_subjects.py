"""A deadline of what is gone: it fires once and is gone, too."""

from common.persistence.database import Database
from opsdesk_testing.protocol import fire_for_missing_subjects, freeze_time
from sla.timers import TIMERS
from sla_support.company import NINE


async def test_no_kind_of_deadline_stays_due_for_a_subject_that_is_gone(database: Database) -> None:
    await freeze_time(database, NINE)
    assert await fire_for_missing_subjects(database, TIMERS) == []
