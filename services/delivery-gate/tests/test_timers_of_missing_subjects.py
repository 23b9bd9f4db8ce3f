"""A deadline of what is gone: it fires once and is gone, too."""

from datetime import UTC, datetime

from common.persistence.database import Database
from delivery_gate.timers import TIMERS
from opsdesk_testing.protocol import fire_for_missing_subjects, freeze_time

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)


async def test_no_kind_of_deadline_stays_due_for_a_subject_that_is_gone(database: Database) -> None:
    await freeze_time(database, NINE)
    assert await fire_for_missing_subjects(database, TIMERS) == []
