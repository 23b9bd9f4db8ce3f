"""What uploaded files are called, what they are, and which are not taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.files.domain.file_name import MAX_NAME_CHARS, make_safe
from intake.files.domain.file_type import UNKNOWN, is_program, media_type_of, sniff
from intake.files.domain.upload import MAX_UNUSED, MAX_UNUSED_BYTES, check_file, check_unused
from intake_support.uploads import PNG


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("../../x", "x"),
        ("..\\..\\x.txt", "x.txt"),
        ("/etc/passwd", "passwd"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("report\r\nX-Evil: 1.pdf", "reportX-Evil_ 1.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("CON.txt", "_CON.txt"),
        ("Übersicht 2026.pdf", "Übersicht 2026.pdf"),
        (".htaccess", "htaccess"),
        ("a" * 300 + ".log", "a" * (MAX_NAME_CHARS - 4) + ".log"),
    ],
)
def test_a_name_leads_nowhere(given_name: str, safe: str) -> None:
    assert make_safe(given_name) == safe


@given(st.text(max_size=400))
def test_every_name_becomes_one_that_can_be_saved(name: str) -> None:
    safe = make_safe(name)
    assert 0 < len(safe) <= MAX_NAME_CHARS
    assert not set(safe) & set('/\\<>:"|?*\0\r\n')
    assert safe == make_safe(safe)
    assert safe.encode()


@pytest.mark.parametrize(
    ("beginning", "declared", "media_type"),
    [
        (PNG, "text/html", "image/png"),
        (b"<html>", "image/png", UNKNOWN),
        (b"%PDF-1.7", "application/pdf", "application/pdf"),
        (
            b"PK\x03\x04",
            "application/vnd.oasis.opendocument.text",
            "application/vnd.oasis.opendocument.text",
        ),
        (b"PK\x03\x04", "image/png", "application/zip"),
        (b"RIFF\0\0\0\0WAVE", "audio/wav", "audio/wav"),
        (b"plain", "text/plain; charset=utf-8", "text/plain"),
        (b"plain", "nonsense", UNKNOWN),
        (b"plain", "", UNKNOWN),
    ],
)
def test_the_bytes_say_what_a_file_is(beginning: bytes, declared: str, media_type: str) -> None:
    assert media_type_of(beginning, declared) == media_type


def test_svg_is_no_safe_picture() -> None:
    assert sniff(b"<svg xmlns='http://www.w3.org/2000/svg'><script>") is None


@pytest.mark.parametrize(
    ("name", "beginning"),
    [("a.exe", b"x"), ("a.txt", b"MZ\x90\0"), ("x.VBS", b""), ("a", b"\x7fELF")],
)
def test_programs_are_not_taken(name: str, beginning: bytes) -> None:
    assert is_program(name, beginning)
    rejection = check_file(name, 10, beginning)
    assert rejection is not None
    assert rejection.code == "PROGRAM"


def test_empty_files_and_too_many_unused_ones_are_not_taken() -> None:
    empty = check_file("a.log", 0, b"")
    assert empty is not None
    assert empty.code == "EMPTY_FILE"
    assert check_file("a.log", 1, b"x") is None
    assert check_unused(MAX_UNUSED - 1, MAX_UNUSED_BYTES - 1) is None
    assert check_unused(MAX_UNUSED, 0) is not None
    assert check_unused(1, MAX_UNUSED_BYTES) is not None
