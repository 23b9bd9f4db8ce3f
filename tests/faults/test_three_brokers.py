"""Three brokers, one of which dies. A module of its own: two sites at once are one too many."""

import pytest

from tests.faults import fault_injection
from tests.faults.conftest import RATE, SECONDS, FaultSite, broken_under_load


@pytest.mark.long
async def test_one_broker_of_three_killed_is_hardly_noticed(three_brokers: FaultSite) -> None:
    breaks = fault_injection.kill_broker
    assert await broken_under_load(three_brokers, breaks, "1 of 3 brokers", RATE, SECONDS) == []
