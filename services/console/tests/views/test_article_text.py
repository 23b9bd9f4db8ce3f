"""What an article says: its headings and lists, in the order of the page, and never markup of whoever wrote it."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.look.article_text import article_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# What to do\n\nWait an hour.", "<h2>What to do</h2><p>Wait an hour.</p>"),
        ("One\nTwo\n\nThree", "<p>One<br>Two</p><p>Three</p>"),
        ("- one\n* two\nThen", "<ul><li>one</li><li>two</li></ul><p>Then</p>"),
        ("1. one\r\n2) two", "<ol><li>one</li><li>two</li></ol>"),
        ("```\n# no\n<x>\n```", "<pre># no\n&lt;x&gt;</pre>"),
        ("#5 is full, -1 is not", "<p>#5 is full, -1 is not</p>"),
        ("### Deep\n# Top\n###### Deepest", "<h2>Deep</h2><h2>Top</h2><h3>Deepest</h3>"),
        ("<b>Help</b> & more", "<p>&lt;b&gt;Help&lt;/b&gt; &amp; more</p>"),
        ("", ""),
        (None, ""),
    ],
)
def test_the_marks_of_an_article_are_not_shown_but_meant(text: str | None, shown: str) -> None:
    assert article_text(text) == shown


@given(st.text(alphabet="#-*1. `<>&\"'\nab", max_size=80))
def test_whatever_is_written_no_tag_comes_from_it(text: str) -> None:
    shown = article_text(text)
    tags = set(re.findall(r"<[^>]*>", shown))
    known = {f"<{end}{tag}>" for end in ("", "/") for tag in ("h2", "h3", "h4", "p", "ul", "ol")}
    assert tags <= known | {"<li>", "</li>", "<pre>", "</pre>", "<br>"}
    assert not re.search(r"[\"'<>]", re.sub(r"<[^>]*>", "", shown))


@given(st.lists(st.integers(1, 6), max_size=8))
def test_no_heading_skips_a_level(marks: list[int]) -> None:
    shown = article_text("\n".join(f"{'#' * one} x" for one in marks))
    levels = [1, *map(int, re.findall(r"<h(\d)>", shown))]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(levels) == len(marks) + 1
