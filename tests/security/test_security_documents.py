"""docs/security.md and docs/asvs.md say what is there: all requirements, and only tests and files that exist."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
STANDARD = (Path(__file__).parent / "asvs_5_level_2.txt").read_text().split()
"""The numbers of the requirements of levels 1 and 2, in the order of the standard."""
STATES = {"met", "elsewhere", "none", "open"}
ROW = re.compile(r"^\| (\d[\d.]+)(?:-(\d[\d.]+))? \| (\w+) \| (.+) \|$", re.MULTILINE)


def rows() -> list[tuple[list[str], str, str]]:
    """Return the requirements, the state and the reason of each line of the list."""
    found = ROW.findall((DOCS / "asvs.md").read_text(encoding="utf-8"))
    return [(_between(first, last or first), state, why) for first, last, state, why in found]


def _between(first: str, last: str) -> list[str]:
    return STANDARD[STANDARD.index(first) : STANDARD.index(last) + 1]


def test_every_requirement_is_in_the_list_once() -> None:
    listed = Counter(number for numbers, _, _ in rows() for number in numbers)
    assert sorted(set(STANDARD) - set(listed)) == []
    assert [number for number, count in listed.items() if count > 1] == []
    assert {state for _, state, _ in rows()} <= STATES


def test_what_the_documents_name_exists() -> None:
    tests = {
        name
        for path in (*ROOT.glob("tests/**/*.py"), *ROOT.glob("*/*/tests/**/*.py"))
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    for document in ("security.md", "asvs.md"):
        text = (DOCS / document).read_text(encoding="utf-8")
        quoted = re.findall(r"`([^`\s]+)`", text)
        missing = [one for one in quoted if one.startswith("test_") and one not in tests]
        assert missing == [], document
        paths = [
            one for one in quoted if "/" in one and re.match(r"(libs|services|tests|deploy)/", one)
        ]
        assert [one for one in paths if not (ROOT / one).exists()] == [], document
        links = re.findall(r"\]\(([^)#\s]+)", text)
        assert [one for one in links if not (DOCS / one).exists()] == [], document


def test_whatever_is_met_says_where() -> None:
    bare = [number for (number, *_), state, why in rows() if state == "met" and len(why) < 8]
    assert bare == []
