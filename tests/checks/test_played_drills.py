"""`make drills`: every drill of the page is played, what it types stands on the runbooks, and time is scaled by `for:` alone."""

import re
from pathlib import Path

import pytest

from opsdesk_local.service import SERVICES
from tests.drills import faults
from tests.drills.faults import FAULTS
from tests.drills.page import drills, line_of, sql_of
from tests.drills.prometheus import FILES, read_rules, scaled, waits_s


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
