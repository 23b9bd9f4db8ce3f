"""What the files of a mail are: what their bytes prove, as for uploaded ones."""

from base64 import b64encode

import pytest

from intake.mail.domain.mail import parse_mail


@pytest.mark.parametrize(
    ("declared", "data", "expected"),
    [
        ("text/plain", b"%PDF-1.7", "application/pdf"),
        ("image/png", b"MZ\x90\x00", "application/x-executable"),
        ("image/png", b"<svg onload=x>", "application/octet-stream"),
        ("application/pdf", b"words", "application/octet-stream"),
        ("text/csv", b"a;b", "text/csv"),
        (
            "application/vnd.ms-excel",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "application/vnd.ms-excel",
        ),
    ],
)
def test_a_file_is_what_its_bytes_prove(declared: str, data: bytes, expected: str) -> None:
    """As an uploaded one: what its sender says proves nothing."""
    head = (
        f"From: a@b.example\nContent-Type: {declared}; name=file\nContent-Disposition: attachment"
    )
    raw = f"{head}\nContent-Transfer-Encoding: base64\n\n{b64encode(data).decode()}".encode()
    (file,) = parse_mail(raw).attachments
    assert file.media_type == expected


def test_a_picture_in_html_is_what_its_bytes_prove() -> None:
    program = b64encode(b"MZ\x90\x00").decode()
    html = f'<p>See <img src="data:image/png;base64,{program}"></p>'
    (file,) = parse_mail(
        f"From: a@b.example\nContent-Type: text/html\n\n{html}".encode()
    ).attachments
    assert file.media_type == "application/x-executable"
