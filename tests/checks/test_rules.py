"""The check that every cited rule stands in docs/rules.md, on texts made for it and on the repository."""

from pathlib import Path

import pytest
from checks import rules

DEFINED = "# The rules\n\n### C7\n**Warnings.** Text.\n\n### A1b\n**Ambiguous.** Text.\n"


def repository(root: Path, **files: str) -> Path:
    """A folder with the rules C7 and A1b and the given files; `a_py` is the file `a.py`."""
    (root / "docs").mkdir()
    (root / rules.RULES).write_text(DEFINED)
    for name, text in files.items():
        (root / ".".join(name.rsplit("_", 1))).write_text(text)
    return root


def test_every_rule_cited_in_the_repository_is_defined() -> None:
    assert rules.find_undefined(rules.ROOT) == []


def test_the_repository_is_really_read() -> None:
    found = rules.citations(rules.ROOT)
    assert len({one.path for one in found}) > 200
    assert {"C11", "R1", "E14", "G8", "A4"} <= {one.code for one in found}


def test_an_undefined_code_is_named_with_file_and_line(tmp_path: Path) -> None:
    root = repository(tmp_path, a_py='"""Warnings (C7)."""\n\n# C8', b_md="rule A1b\n\nrule A1")
    assert rules.find_undefined(root) == [
        "a.py:3: C8 is not defined in docs/rules.md",
        "b.md:3: A1 is not defined in docs/rules.md",
    ]


def test_a_code_of_an_unknown_family_is_not_defined_either(tmp_path: Path) -> None:
    assert rules.find_undefined(repository(tmp_path, a_md="page P50, take it (EB3)")) == [
        "a.md:1: EB3 is not defined in docs/rules.md"
    ]


def test_every_kind_of_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("all:  # C99")
    root = repository(
        tmp_path, a_yml="# C99", a_toml="# C99", a_js="// C99", a_svg="C99", a_j2="C99"
    )
    assert [line.partition(":")[0] for line in rules.find_undefined(root)] == [
        *("Makefile", "a.j2", "a.js", "a.svg", "a.toml", "a.yml")
    ]


def test_a_code_defined_twice_is_named(tmp_path: Path) -> None:
    root = repository(tmp_path)
    (root / rules.RULES).write_text(f"{DEFINED}\n### C7\n**Again.** Text.\n")
    assert rules.find_undefined(root) == ["docs/rules.md: C7 is defined twice"]


def test_rules_in_another_shape_are_not_taken_for_none_cited(tmp_path: Path) -> None:
    root = repository(tmp_path)
    (root / rules.RULES).write_text("**C7** Warnings.")
    assert rules.find_undefined(root)[0].startswith("docs/rules.md: defines no rule")


def test_the_command_says_where_a_rule_is_cited(capsys: pytest.CaptureFixture[str]) -> None:
    assert rules.main(["C11"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("docs/rules.md:") for line in lines)
    assert {line.rpartition(" ")[2] for line in lines} == {"C11"}
