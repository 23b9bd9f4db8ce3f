"""Two replicas of every service, and the one that relays dies."""

import pytest

from tests.faults import fault_injection
from tests.faults.conftest import RATE, SECONDS, FaultSite, broken_under_load


@pytest.mark.long
async def test_a_killed_leader_is_replaced_by_its_replica(two_replicas: FaultSite) -> None:
    breaks = fault_injection.kill_relay_leader
    assert await broken_under_load(two_replicas, breaks, "leader killed", RATE, SECONDS) == []
