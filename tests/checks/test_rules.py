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
    found = rules.citations(rules.ROOT, frozenset("ACEGR"))
    assert len({one.path for one in found}) > 200
    assert {"C11", "R1", "E14", "G8", "A4"} <= {one.code for one in found}


@pytest.mark.parametrize(
    ("source", "cited"),
    [
        ('"""A clock (C7)."""', [(0, "C7")]),
        ('"""A clock (R1, C8)."""', [(0, "R1"), (0, "C8")]),
        ('"""As rule C11 says."""', [(0, "C11")]),
        ('def test() -> None:\n    """C7"""', [(1, "C7")]),
        ('def test() -> None:\n    """C2, C4: and why"""', [(1, "C2"), (1, "C4")]),
        ('"""One.\n\nTwo (C2-C7), C9.\n"""', [(2, "C2"), (2, "C7"), (2, "C9")]),
        ("x = 1  # late counts for nothing (C11)", [(0, "C11")]),
        ('assert done, "G11: one at a time"', [(0, "G11")]),
        ('x = f"R1: two people"', [(0, "R1")]),
        ('column = ("no attempt " "(G5).")', [(0, "G5")]),
        ('"""Hours (A1b)."""', [(0, "A1b")]),
    ],
)
def test_citations_in_python(source: str, cited: list[tuple[int, str]]) -> None:
    assert list(rules.in_python(source)) == cited


@pytest.mark.parametrize(
    "source",
    [
        "import x  # noqa: E501",
        "import x  # noqa: C90 - the reason",
        "from reportlab.lib.pagesizes import A4",
        'path = "/v1/C7/x"',
        'cell = sheet["C7"]',
        'ruff = ["E", "C90"]',
        'bytes = "%F0%9F%92%A5"',
        '"""Run `pytest -k C7`, with E501 off; see https://x.example/C7 or file C7.txt."""',
        '"""Kept in S3-compatible storage (S3)."""',
        'x = f"{day}T00:00:00Z is UTC (GDPR, SOC 2, an A4 page)"',
    ],
)
def test_what_is_not_a_citation_in_python(source: str) -> None:
    assert list(rules.in_python(source)) == []


def test_citations_in_markdown_are_not_those_in_code_or_addresses() -> None:
    text = "| C7 | `C8` |\n[C9](x.md#C10)\n```\nC11\n```\nas C12 says"
    assert list(rules.in_markdown(text)) == [(0, "C7"), (1, "C9"), (5, "C12")]


def test_citations_in_html_are_what_a_reader_sees() -> None:
    page = '<style>.C1 {}</style>\n<path d="M0 0 C10 20"/>\n<p title="C2">rule C3</p><!-- C4 -->'
    assert list(rules.in_html(page)) == [(2, "C3")]


def test_citations_in_sql() -> None:
    assert list(rules.in_sql("-- G1\ncomment 'by two people (C10)'")) == [(0, "G1"), (1, "C10")]


def test_an_undefined_code_is_named_with_file_and_line(tmp_path: Path) -> None:
    root = repository(tmp_path, a_py='"""Warnings (C7)."""\n\n# C8', b_md="rule A1b\n\nrule A1")
    assert rules.find_undefined(root) == [
        "a.py:3: C8 is not defined in docs/rules.md",
        "b.md:3: A1 is not defined in docs/rules.md",
    ]


def test_a_letter_that_no_rule_begins_with_is_no_family(tmp_path: Path) -> None:
    assert rules.find_undefined(repository(tmp_path, a_md="page P50, take T15 (X1)")) == []


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
