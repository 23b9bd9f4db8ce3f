"""Where texts of each kind cite rules, and what only looks like a citation."""

from pathlib import Path

import pytest
from checks import rule_readers


@pytest.mark.parametrize(
    ("source", "cited"),
    [
        ('"""A clock (C7)."""', [(0, "C7")]),
        ('"""A clock (R1, C8)."""', [(0, "R1"), (0, "C8")]),
        ('"""As rule C11 says."""', [(0, "C11")]),
        ('def test() -> None:\n    """C7"""', [(1, "C7")]),
        ('def test() -> None:\n    """C2, C4: and why"""', [(1, "C2"), (1, "C4")]),
        ('"""One.\n\nTwo (C2-C4), C9.\n"""', [(2, "C2"), (2, "C3"), (2, "C4"), (2, "C9")]),
        ('"""Two (C98-99)."""', [(0, "C98"), (0, "C99")]),
        ('"""Two (C98\u2013C99b)."""', [(0, "C98"), (0, "C99b")]),
        ('"""Of another family (K7, EB3)."""', [(0, "K7"), (0, "EB3")]),
        ('"""Long ones: C100, C99a."""', [(0, "C100"), (0, "C99a")]),
        ('"""In backticks: `C99`, ``C98``."""', [(0, "C99"), (0, "C98")]),
        ("x = 1  # late counts for nothing (C11)", [(0, "C11")]),
        ('assert done, "G11: one at a time"', [(0, "G11")]),
        ('x = f"R1: two people"', [(0, "R1")]),
        ('column = ("no attempt " "(G5).")', [(0, "G5")]),
        ('"""Hours (A1b)."""', [(0, "A1b")]),
        ("x = 1  # (C99) noqa", [(0, "C99")]),
        ("x = 1  # noqa: E501, C90 - as C99 says", [(0, "C99")]),
        ('x = f"by C99 it holds for {x}"', [(0, "C99")]),
        ('x = f"{x} holds (see C99)"', [(0, "C99")]),
        ('x = Field(description="The state, see C99.")', [(0, "C99")]),
        ('x = "under C99, rules C97-98"', [(0, "C99"), (0, "C97"), (0, "C98")]),
        ('x = "It waits (C99 says why)."', [(0, "C99")]),
        ('x = """\nselect 1\n(C99)"""', [(2, "C99")]),
    ],
)
def test_citations_in_python(source: str, cited: list[tuple[int, str]]) -> None:
    assert list(rule_readers.in_python(source)) == cited


@pytest.mark.parametrize(
    "source",
    [
        "import x  # noqa: E501",
        "import x  # noqa: C90 - the reason",
        "from reportlab.lib.pagesizes import A4",
        'path = "/v1/C7/x"',
        'cell = sheet["C7"]',
        'cells = "C7 and by C7x0"',
        '"""From P50 to P99, signed with ES256, as V1 did."""',
        'ruff = ["E", "C90"]',
        'bytes = "%F0%9F%92%A5"',
        '"""Run `pytest -k C7`, with E501 off; see https://x.example/C7 or file C7.txt."""',
        '"""Kept in S3-compatible storage (S3)."""',
        'x = f"{day}T00:00:00Z is UTC (GDPR, SOC 2, an A4 page)"',
    ],
)
def test_what_is_not_a_citation_in_python(source: str) -> None:
    assert list(rule_readers.in_python(source)) == []


def test_citations_in_markdown_are_not_those_in_code_or_addresses() -> None:
    text = "| C7 | `x C8` |\n[C9](x.md#C10)\n```\nC11\n```\nas C12 says"
    assert list(rule_readers.in_markdown(text)) == [(0, "C7"), (1, "C9"), (5, "C12")]


def test_citations_in_html_are_what_a_reader_sees() -> None:
    page = '<style>.C1 {}</style>\n<path d="M0 0 C10 20"/>\n<p title="C2">rule C3</p><!-- C4 -->'
    assert list(rule_readers.in_html(page)) == [(2, "C3")]


def test_citations_in_sql() -> None:
    assert list(rule_readers.in_sql("-- G1\ncomment 'by two people (C10)'")) == [
        (0, "G1"),
        (1, "C10"),
    ]


def test_citations_in_scripts_and_settings() -> None:
    script = 'x = "C1";  // C2\n/* by\nC3 */ y = "a (C4)";\nz = "https://x/C5";'
    assert sorted(rule_readers.in_script(script)) == [(0, "C2"), (2, "C3"), (2, "C4")]
    settings = 'select = ["C1"]  # C2, noqa: C90\nwhy = "see C3"\ncolour = "#C4"'
    assert sorted(rule_readers.in_settings(settings)) == [(0, "C2"), (1, "C3")]


@pytest.mark.parametrize("name", ["a.txt", "a.json", "made", "LICENSE"])
def test_other_files_have_no_reader(name: str) -> None:
    assert rule_readers.reader_of(Path(name)) is None
