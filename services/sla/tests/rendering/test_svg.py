"""The one writer of SVG: whatever people wrote is text, and no two pictures share an id."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from common.domain.visible_text import make_visible
from sla.rendering.svg import Element, SvgPicture, circle, element, group, line, path, rect, text

SVG = "{http://www.w3.org/2000/svg}"
EVIL = '</text><script>alert(1)</script>" onload="alert(2)" &'
words = st.text(max_size=40)


def in_attribute(words: str) -> str:
    """As XML reads it: line ends and tabs in an attribute are blanks."""
    return make_visible(words).replace("\n", " ").replace("\t", " ")


def test_control_characters_and_overrides_break_no_picture() -> None:
    """XML cannot contain the first, and the second would show a text in another order."""
    drawn = SvgPicture("key", "a\x1b[2J", 10, 10).render([text(1, 2, "invoice\u202efdp.exe")])
    root = ElementTree.fromstring(drawn)
    assert root.findtext(f"{SVG}title") == "a[U+001B][2J"
    assert root.findtext(f"{SVG}text") == "invoice[U+202E]fdp.exe"


@given(words, words)
def test_words_are_words_wherever_they_stand(some: str, more: str) -> None:
    drawn = SvgPicture("key", some, 10, 10, description=more).render(
        [text(1, 2, some, title=more, fill=more), rect(0, 0, 1, 1, title=some, fill=some), more]
    )
    root = ElementTree.fromstring(drawn)
    written = root.find(f"{SVG}text")
    assert written is not None
    assert "".join(written.itertext()) == make_visible(more + some)
    assert written.get("fill") == in_attribute(more)
    assert (root.findtext(f"{SVG}title") or "") == make_visible(some)
    assert {one.tag for one in root.iter()} <= {
        SVG + name for name in ("svg", "title", "desc", "rect", "text")
    }


def test_nothing_that_people_wrote_can_run() -> None:
    drawn = SvgPicture(EVIL, EVIL, 10, 10).render([group(text(0, 0, EVIL), title=EVIL)])
    names = {name for one in ElementTree.fromstring(drawn).iter() for name in one.attrib}
    assert "<script" not in drawn
    assert not {name for name in names if name.startswith("on")}


def test_only_what_is_written_already_is_not_escaped() -> None:
    assert element("g", Element("<b/>"), "<b/>") == "<g><b/>&lt;b/&gt;</g>"
    assert not isinstance(Element("<b/>") + "<script>", Element)


def test_numbers_are_short_and_attributes_may_be_left_out() -> None:
    assert line(0, 1 / 3, 10.0, 2, "#000", stroke_width=None) == (
        '<line x1="0" y1="0.33" x2="10" y2="2" stroke="#000"/>'
    )
    assert circle(-0.001, 1.5, 3, fill_opacity=0.9) == (
        '<circle cx="0" cy="1.5" r="3" fill-opacity="0.9"/>'
    )
    assert path("M0 0h1", fill="none") == '<path d="M0 0h1" fill="none"/>'
    assert 'width="0"' in rect(0, 0, -1, 2)


def test_pictures_on_one_page_share_no_id() -> None:
    one, other = SvgPicture("clock of OPS-1", "A", 1, 1), SvgPicture("clock of OPS-2", "A", 1, 1)
    assert one.id("late") != other.id("late")
    assert one.id("late") == SvgPicture("clock of OPS-1", "B", 2, 2).id("late")


def test_a_picture_is_named_and_described_by_what_it_says() -> None:
    drawn = SvgPicture("k", "Usage", 7, 8.25, description="It rises.", font_size=11).render([])
    root = ElementTree.fromstring(drawn)
    assert (root.get("role"), root.get("viewBox")) == ("img", "0 0 7 8.25")
    by_id = {one.get("id"): one.text for one in root}
    labels = [by_id[one] for one in root.get("aria-labelledby", "").split()]
    assert labels == ["Usage", "It rises."]
    assert root.get("width") is None
    assert ElementTree.fromstring(SvgPicture("k", "U", 7, 8, fixed_size=True).render([])).get(
        "width"
    )
