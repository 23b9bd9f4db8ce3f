"""The list of guards fits the code, and the architecture's table is the same list."""

import re
from pathlib import Path

import pytest

from tests.mutants.guard import Guard
from tests.mutants.guards import GUARDS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_each_guard_stands_in_the_code_once_and_its_test_exists(guard: Guard) -> None:
    whole = (ROOT / guard.file).read_text(encoding="utf-8")
    assert guard.remove_from(whole) != whole
    file, _, test = guard.test.partition("::")
    name = test.partition("[")[0]
    assert re.search(rf"def {name}\(", (ROOT / file).read_text(encoding="utf-8"))


def test_the_architecture_lists_the_guards() -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| ([^|]+) \| `(test_\w+)` \|$", page, re.MULTILINE)
    assert listed == [(one.name, re.findall(r"test_\w+", one.test)[-1]) for one in GUARDS]
