"""`make drills`: every drill of the page is played, what it types stands on the runbooks, and time is scaled by `for:` alone."""

import re
from pathlib import Path

import asyncpg
import pytest

from opsdesk_local.servers import Servers
from opsdesk_local.service import SERVICES
from tests.drills import faults
from tests.drills.faults import FAULTS
from tests.drills.page import drills, line_of, sql_of
from tests.drills.played import Played
from tests.drills.prometheus import FILES, read_rules, scaled, waits_s
from tests.drills.stage import second_terminal
from tests.drills.watching import Seen


def test_every_drill_of_the_page_is_played_once() -> None:
    assert sorted(one.number for one in FAULTS) == [one.number for one in drills()]


def test_what_cannot_be_played_beside_others_comes_last() -> None:
    assert [one.number for one in FAULTS if one.alone] == [FAULTS[-1].number]


def test_each_alert_is_awaited_of_a_service_that_there_is() -> None:
    assert {one.service for one in FAULTS} <= {None, *(one.name for one in SERVICES)}


def test_lines_and_sql_of_the_runbooks_are_found() -> None:
    text = Path(faults.__file__).read_text(encoding="utf-8")
    by_number = {one.number: one for one in drills()}
    for fault in FAULTS:
        [body] = re.findall(
            rf"async def {fault.play.__name__}\(.*?(?=\nasync def|\n@)", text, re.DOTALL
        )
        page = by_number[fault.number].page
        for line in re.findall(r'typed\(drill\.page, "([^"]+)"', body):
            assert line_of(page, line)
        if "typed(drill.page, READY" in body:
            assert line_of(page, faults.READY)
        for words in re.findall(r'asks\(drill\.page, "([^"]+)"', body):
            assert sql_of(page, words)
        for other, words in re.findall(r'asks\("([^"]+)", "([^"]+)"', body):
            assert sql_of(other, words)


def test_what_no_runbook_says_is_not_found() -> None:
    with pytest.raises(LookupError):
        line_of("parked.md", "python -m intake dance")
    with pytest.raises(LookupError):
        sql_of("parked.md", "SELECT nothing")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.name))
def test_scaling_divides_each_for_and_touches_nothing_else(path: Path) -> None:
    rules, shorter = read_rules(path), scaled(read_rules(path), 5)
    for group, short_group in zip(rules["groups"], shorter["groups"], strict=True):
        for rule, short in zip(group["rules"], short_group["rules"], strict=True):
            assert {**rule, "for": None} == {**short, "for": None}
            if "for" in rule:
                assert short["for"] == f"{waits_s()[rule['alert']] * 200:.0f}ms"
    assert any(waits_s().values())


@pytest.mark.parametrize(
    ("last_at", "mended_at", "is_raised"),
    [(30, 65, False), (62, 90, True), (55, 57, True), (30, None, False)],
    ids=["ended before", "lasted", "until it was mended", "never mended"],
)
def test_what_ends_before_its_own_for_is_raised_by_the_scale_alone(
    last_at: float, mended_at: float | None, is_raised: bool
) -> None:
    other = Seen("OpsDeskRelayWithoutLeader", {}, 0, last_at, 60, "relay-without-leader.md", 12)
    one = Played(FAULTS[-1], next(iter(drills())), mended_at=mended_at)
    assert one.is_by_the_rules(other) == is_raised


async def test_a_second_terminal_leaves_no_lock_behind(servers: Servers) -> None:
    """A server does not notice that its client is gone while a statement sleeps."""
    other = await asyncpg.connect(servers.admin_url)
    try:
        held = ["SELECT pg_advisory_lock(7300001)", "SELECT pg_sleep(90)"]
        async with second_terminal(servers.admin_url, held):
            assert not await other.fetchval("SELECT pg_try_advisory_lock(7300001)")
        assert await other.fetchval("SELECT pg_try_advisory_lock(7300001)")
    finally:
        await other.close()
