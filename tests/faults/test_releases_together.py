"""Services of two releases work together, whichever is the newer one: they are upgraded in any order.

Contracts first: what one release says the other reads. Then running services under load: each of the four of
today among three of the last release, and each of the last release among three of today.
"""

import json
import subprocess
from functools import partial
from pathlib import Path

import pytest

from opsdesk_local import open_state
from opsdesk_local.service import SERVICES
from tests.contracts.released import GOLDEN
from tests.faults import released
from tests.faults.conftest import FaultSite, speaker
from tests.faults.mixed_site import MixedInstallation
from tests.faults.site import site

pytestmark = pytest.mark.long

NAMES = frozenset(one.name for one in SERVICES)
MIXTURES = {
    **{f"a new {name} among old ones": NAMES - {name} for name in sorted(NAMES)},
    **{f"an old {name} among new ones": frozenset({name}) for name in sorted(NAMES)},
}
"""What is mixed -> the services of the last release."""
RATE, SECONDS = 6, 15.0
"""Whether they understand each other is asked, not how much two cores carry beside two releases."""
WARM_UP_S = 4.0
MAX_WARM_UPS = 8
"""Loads before the one that counts: services that have just started make their connections, and callers wait."""

READ_BY_THE_LAST_RELEASE = """
import json, pathlib, sys
from common.events import EVENTS
from common.events.envelope import DecodeError, decode_envelope, decode_event

read, unknown, faults = 0, 0, []
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    record = json.loads(path.read_text())
    headers = [(name, value.encode()) for name, value in record["headers"].items()]
    try:
        found = decode_event(decode_envelope(headers), json.dumps(record["body"]).encode(), EVENTS)
    except DecodeError as refused:
        faults.append(f"{path.stem}: {refused}")
        continue
    read, unknown = read + (found is not None), unknown + (found is None)
print(json.dumps({"read": read, "unknown": unknown, "faults": faults}))
"""


@pytest.fixture(scope="module")
def release() -> released.Release:
    return released.last_release()


@pytest.fixture(scope="module")
def old_python(release: released.Release) -> Path:
    return released.install(release, open_state())


def test_the_last_release_reads_what_todays_services_say(
    old_python: Path, request: pytest.FixtureRequest, release: released.Release
) -> None:
    """Every golden record, the newest fields as well; of a type that it does not know it takes no notice."""
    line = [str(old_python), "-c", READ_BY_THE_LAST_RELEASE, str(GOLDEN)]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    result = json.loads(done.stdout)
    speaker(request)(
        f"\n{release.version} reads {result['read']} records of today, {result['unknown']} are new to it"
    )
    assert result["faults"] == []
    assert result["read"] > 100


def test_what_the_last_release_said_is_read_today(
    release: released.Release, old_python: Path
) -> None:
    """Its golden records are among today's, unchanged: `tests/contracts/test_golden.py` reads them all."""
    before = released.sources(release, open_state()) / "tests/contracts/golden"
    paths = sorted(before.glob("*.json"))
    assert len(paths) > 100
    changed = [
        path.name
        for path in paths
        if not (GOLDEN / path.name).exists()
        or (GOLDEN / path.name).read_bytes() != path.read_bytes()
    ]
    assert changed == []


async def warm_up(one: FaultSite) -> None:
    """Load until each caller has got a good answer. Raises AssertionError where that never happens."""
    for _ in range(MAX_WARM_UPS):
        warming = await one.load(RATE, WARM_UP_S).run()
        if not warming.failures:
            return
    raise AssertionError(f"after {MAX_WARM_UPS} loads still {dict(warming.failures)}")


@pytest.mark.parametrize("mixture", MIXTURES)
async def test_services_of_two_releases_lose_nothing_and_refuse_nobody(
    mixture: str, old_python: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """No answer is a 5xx or missing, nothing is dead or parked, each event is told once and in order."""
    installation = partial(MixedInstallation, old=MIXTURES[mixture], old_python=old_python)
    async with site(tmp_path, installation=installation) as running:
        one = FaultSite(running, speaker(request))
        await warm_up(one)
        result = await one.load(RATE, SECONDS).run()
        assert await one.check_history(mixture, result) == []
        assert dict(result.failures) == {}
        assert result.answers["open 201"] > RATE * SECONDS / 4
