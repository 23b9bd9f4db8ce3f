"""One clock per service: nothing in our code or SQL reads another one."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
SOURCES = sorted(
    path
    for folder in ("libs/common/src", "services", "opsdesk/src")
    for path in (ROOT / folder).rglob("*.py")
    if "/tests/" not in path.as_posix()
)
OTHER_CLOCKS = re.compile(
    r"CURRENT_TIMESTAMP|CURRENT_DATE|LOCALTIMESTAMP|clock_timestamp\(|transaction_timestamp\("
    r"|func\.now|func\.current_"
    r"|(?<![\w.}])now\(\)(?=[^\"'\n]*(?:interval|::|\bFROM\b|\bWHERE\b|\bAND\b))"
    r"|(?:SELECT|[<>=+-])\s*now\(\)",
    re.IGNORECASE,
)
CALLED = re.compile(r"from common\.now import now")
"""Where Python's `now` is common.now's, `x - now()` is real time and meant."""


def other_clocks(path: Path) -> list[str]:
    text = path.read_text()
    if CALLED.search(text):
        text = re.sub(r"(?<![\w.])now\(\)", "", text)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for number, line in enumerate(text.splitlines(), start=1)
        if OTHER_CLOCKS.search(line)
    ]


def test_no_other_clock_is_read() -> None:
    assert len(SOURCES) > 50
    found = [line for path in SOURCES for line in other_clocks(path)]
    assert not found, "the moment is an argument, or <schema>.now():\n" + "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "WHERE due_at <= now()",
        "SELECT now()",
        "DEFAULT CURRENT_TIMESTAMP",
        "Column(server_default=func.now())",
        "clock_timestamp()",
    ],
)
def test_the_check_finds_them(line: str) -> None:
    assert OTHER_CLOCKS.search(line)


@pytest.mark.parametrize("line", ["WHERE due_at <= {schema}.now()", "SELECT sla.now()"])
def test_the_check_leaves_the_services_clock_alone(line: str) -> None:
    assert not OTHER_CLOCKS.search(line)
