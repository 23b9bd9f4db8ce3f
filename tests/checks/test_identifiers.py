"""Banned words are found wherever code gives a name, and nowhere else."""

from pathlib import Path

import pytest
from checks.identifiers import banned_parts, violations

from .conftest import Write


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("told", ["told"]),
        ("one_told", ["told"]),
        ("WaiverTold", ["told"]),
        ("_said", ["said"]),
        ("KEPT_DAYS", ["kept"]),
        ("HTTPWish", ["wish"]),
        ("place2", ["place"]),
        ("places", ["places"]),
        ("is_placed", ["placed"]),
        ("wishes", ["wishes"]),
        ("WISHED_AT", ["wished"]),
        ("tolds", ["tolds"]),
        ("replace", []),
        ("placeholder", []),
        ("outstanding", []),
        ("graveyard", []),
    ],
)
def test_a_banned_word_counts_as_a_whole_part(name: str, words: list[str]) -> None:
    assert banned_parts(name) == words


@pytest.mark.parametrize(
    "code",
    [
        "def told(): pass",
        "async def tell_said(): pass",
        "class WaiverTold: pass",
        "def f(heard): pass",
        "def f(*said, **kept): pass",
        "f = lambda wish: 1",
        "place = 1",
        "kept: int = 1",
        "standing, x = 1, 2",
        "for place in (): pass",
        "x = [1 for said in ()]",
        "x = (kept := 1)",
        "self.told = 1",
        "f(said=1)",
        "x = library.place",
        "import os as grave",
        "import told",
        "from library import place",
        "from os import path as place",
        "try: pass\nexcept ValueError as told: pass",
        "match x:\n    case [1, *kept]: pass",
        "match x:\n    case {'a': 1, **kept}: pass",
        "match x:\n    case 1 as said: pass",
        "match x:\n    case Ticket(place=y): pass",
        "with f() as place: pass",
        "__slots__ = ('x', 'told')",
        "x = {'said': 1}",
        "x = Column('place', Text)",
        "x = y.label('place')",
        "x = y.group_by('step', 'place')",
        "def test_what_was_told(): pass",
    ],
)
def test_every_way_to_give_a_name_is_seen(write: Write, tmp_path: Path, code: str) -> None:
    write("libs/common/src/common/x.py", code)
    assert list(violations(tmp_path))


def test_file_line_and_word_are_named(write: Write, tmp_path: Path) -> None:
    write("services/sla/src/sla/told.py", "x = 1\nplace_of = 2\n")
    assert [str(one) for one in violations(tmp_path)] == [
        "services/sla/src/sla/told.py:1: `told` uses `told`: name it in the field's words.",
        "services/sla/src/sla/told.py:2: `place_of` uses `place`: name it in the field's words.",
    ]


@pytest.mark.parametrize(
    "code",
    [
        "def test_what_was_told_is_kept(): pass",
        "x = 'told'  # said",
        "x = {'A place in the sun.': 1, **y}",
        "x = Column('Kept', 'count')",
        "x = fetch('place')",
        "match x:\n    case _: pass",
        "f(**x)",
    ],
)
def test_names_of_tests_and_others_words_are_free(write: Write, tmp_path: Path, code: str) -> None:
    write("tests/contracts/x.py", code)
    assert list(violations(tmp_path)) == []


def test_the_name_of_a_folder_counts(write: Write, tmp_path: Path) -> None:
    write("services/sla/src/sla/kept/x.py", "")
    assert "services/sla/src/sla/kept/x.py:1: `kept`" in "\n".join(map(str, violations(tmp_path)))


def test_a_library_s_word_is_excepted_where_it_is_used(write: Write, tmp_path: Path) -> None:
    write("services/sla/src/sla/agreements/schemas/x.py", "x = Field(decimal_places=2)")
    assert list(violations(tmp_path)) == []
    write("services/sla/src/sla/agreements/x.py", "x = Field(decimal_places=2)")
    assert list(violations(tmp_path))


def test_the_names_of_a_script_count_and_not_its_texts(write: Write, tmp_path: Path) -> None:
    script = """
        // told
        /* said
           heard */
        const at = "a \\"place" + 'kept';
        show(`wish`, heardAt);
    """
    write("services/sla/src/sla/status/static/status.js", script)
    assert [(one.line, one.sentence.split()[0]) for one in violations(tmp_path)] == [
        (5, "`heardAt`")
    ]


def test_nothing_of_virtual_environments_is_read(write: Write, tmp_path: Path) -> None:
    write("libs/common/.venv/told.py", "told = 1")
    write("libs/common/build/told.py", "told = 1")
    assert list(violations(tmp_path)) == []
