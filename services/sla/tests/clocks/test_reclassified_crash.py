"""A correction that was cut off half-way leaves nothing behind, and the same again does all of it."""

from typing import Any

import pytest

from common.database import Connection, Database
from common.outbox import Announcement, announce
from common.testing.protocol import hear, told
from sla import progress
from sla.handlers import HANDLERS
from sla.testing.company import opened, promise
from sla.testing.correcting import BILLING, corrected, portal
from sla.testing.looking import about, clocks_of, whole


@pytest.mark.parametrize("survived", [0, 1, 2])
async def test_a_correction_that_was_cut_off_is_done_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    """After the clocks were changed, after new ones were begun, after these had caught up"""
    await portal(database, await promise(database, metrics=("resolution",)), "update", "resolution")
    await hear(database, HANDLERS, (opened(1, **BILLING), 1))
    before = await clocks_of(database, 1)
    announced = 0

    async def fails(tx: Connection, *news: Announcement) -> None:
        nonlocal announced
        await announce(tx, *news)
        announced += 1
        if announced == survived + 1:
            raise ConnectionError("killed before the commit")

    monkeypatch.setattr(progress, "announce", fails)
    event: Any = corrected(1, service="portal")
    with pytest.raises(ConnectionError):
        await hear(database, HANDLERS, (event, 2))
    assert await clocks_of(database, 1) == before
    await hear(database, HANDLERS, (event, 2), (event, 2))
    found = await clocks_of(database, 1)
    assert set(found) == {"update", "resolution"}
    assert about(await told(database), "update") == ["started"]
    assert about(await told(database), "resolution") == ["started", "moved"]
    await whole(database)
