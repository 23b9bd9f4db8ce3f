# ruff: noqa: RUF001 - letters of many languages are what is tested
"""No character is lost (I3): charsets as programs mean them, one bad byte, raw bytes in headers and names."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mail.domain.charset import codec_of, decode, decode_html
from intake.mail.domain.header import decode_text
from intake.mail.domain.mail import parse_mail
from intake.mail.mail_text import read_words


@pytest.mark.parametrize(
    ("text", "written_in", "label"),
    [
        ("€ 1.250 – it’s “wrong”…", "cp1252", "iso-8859-1"),
        ("€ 1.250 – it’s “wrong”…", "cp1252", "ISO_8859-1:1987"),
        ("€ 1.250 – it’s “wrong”…", "cp1252", "latin1"),
        ("€ 1.250 – it’s “wrong”…", "cp1252", "us-ascii"),
        ("€ 1.250", "cp1252", "windows1252"),
        ("Ödeme hatalı – ığüşöç “…”", "cp1254", "iso-8859-9"),
        ("ราคา ๑ “บาท” …", "cp874", "tis-620"),
        ("ราคา", "cp874", "iso-8859-11"),
        ("系统无法登录，客户镕", "gb18030", "gb2312"),
        ("系统镕", "gb18030", "GBK"),
        ("系统𠀀", "gb18030", "gb18030"),
        ("시스템이 똠방 안됩니다", "cp949", "euc-kr"),
        ("시스템이 똠방", "cp949", "ks_c_5601-1987"),
        ("시스템이 똠방", "cp949", "ks_c_5601"),
        ("①障害㈱髙﨑", "cp932", "shift_jis"),
        ("①障害㈱", "cp932", "x-sjis"),
        ("①障害㈱", "euc_jis_2004", "euc-jp"),
        ("障害です", "euc_jp", "EUC-JP"),
        ("障害です", "iso2022_jp", "iso-2022-jp"),
        ("系統無法登入 嘅喺咗", "big5hkscs", "big5"),
        ("系統無法登入 嘅喺咗", "big5hkscs", "big5-hkscs"),
        ("價格 € 5", "cp950", "big5"),
        ("שלום", "iso8859_8", "iso-8859-8-i"),
        ("שלום", "iso8859_8", "iso-8859-8-e"),
        ("שלום", "cp1255", "windows-1255"),
        ("Größe", "cp850", "cp-850"),
        ("Größe", "cp850", "ibm850"),
        ("Größe", "cp437", "IBM437"),
        ("Nie działa", "iso8859_2", "iso8859-2"),
        ("Nie działa", "cp1250", "cp1250"),
        ("Не работает", "koi8_r", "koi8-r"),
        ("Не працює ґ", "koi8_u", "KOI8-U"),
        ("Не работает", "cp1251", "windows-1251"),
        ("Δεν", "iso8859_7", "iso-8859-7"),
        ("5 €", "iso8859_15", "iso-8859-15"),
        ("Größe", "mac_roman", "macintosh"),
        ("Größe €", "utf-8", "utf8"),
        ("Größe €", "utf-8", "us-ascii"),
        ("Größe €", "utf-8", "unknown-8bit"),
        ("Größe €", "utf-8", ""),
        ("Größe €", "utf-8-sig", "iso-8859-1"),
        ("Größe €", "utf-16", "utf-16"),
        ("Größe €", "utf-16-le", "utf-16le"),
        ("Größe €", "utf-8", "utf-16"),
        ("Größe €", "utf_7", "utf-7"),
        ("系统镕", "gb18030", "gb2312 (simplified)"),
        ("障害です", "utf-8", "iso-2022-jp"),
        ("①障害㈱", "cp932", "iso-2022-jp"),
        ("시스템이 똠방", "cp949", "iso-2022-kr"),
        ("系统无法登录", "gb18030", "hz-gb-2312"),
        ("Größe", "utf-8", "utf-7"),
        ("Größe", "cp1252", "utf-7"),
        ("Źle – „wydruk” Šž…", "cp1250", "iso-8859-2"),
        ("Źle Šž", "iso8859_2", "iso-8859-2"),
        ("Άρα – €", "cp1253", "iso-8859-7"),
        ("שָׁלוֹם “€”", "cp1255", "iso-8859-8-i"),
        ("Kļūda – “ne”", "cp1257", "iso-8859-13"),
        ("“quoted” – …", "cp1252", "iso-8859-15"),
    ],
)
def test_a_label_means_what_programs_write_under_it(text: str, written_in: str, label: str) -> None:
    assert decode(text.encode(written_in), label) == text


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        ("Größe und Wörter".encode() + b"\xc3", "utf-8", "Größe und Wörter\ufffd"),
        ("Größe ".encode() + b"\xff" + " Köln".encode(), "utf-8", "Größe \ufffd Köln"),
        (b"Gr\xf6\xdfe", "utf-8", "Gr\ufffd\ufffde"),
        ("Größe ".encode() + b"\xff" + " Köln".encode(), None, "Größe \ufffd Köln"),
        (b"Gr\xf6\xdfe", None, "Größe"),
        (b"Gr\xf6\xdfe", "x-klingon", "Größe"),
        ("GrÃ¶ÃŸe im Beleg".encode("cp1252"), "windows-1252", "GrÃ¶ÃŸe im Beleg"),
        ("系统".encode("gbk") + b"\xff", "gbk", "系统\ufffd"),
        (b"\x1b$B\x2d\x21\x1b(B ok \x1b(I\x31\x1b(B", "iso-2022-jp", "① ok ｱ"),
        (b"", "utf-8", ""),
        (b"plain", "rot13", "plain"),
        (b"plain", "zlib", "plain"),
        (b"xn--a", "idna", "xn--a"),
        (b"\\u0041", "unicode_escape", "\\u0041"),
    ],
)
def test_what_is_no_character_is_marked_and_the_rest_stays(
    data: bytes, label: str | None, text: str
) -> None:
    assert decode(data, label) == text


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="windows-1250">',
        "<META CHARSET=windows-1250>",
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1250">',
        '<?xml version="1.0" encoding="windows-1250"?>',
    ],
)
@pytest.mark.parametrize("label", [None, "us-ascii", "x-unknown"])
def test_a_document_knows_its_charset(head: str, label: str | None) -> None:
    data = f"<html><head>{head}</head><p>Nie działa żaden wydruk".encode("cp1250")
    assert "Nie działa żaden wydruk" in decode_html(data, label)


def test_what_the_mail_declares_counts_before_the_document() -> None:
    data = '<meta charset="windows-1250"><p>Größe €'.encode()
    assert decode_html(data, "utf-8").endswith("Größe €")


def test_a_page_break_separates_words() -> None:
    raw = b"From: jan@acme.example\nContent-Type: text/plain; charset=utf-8\n\none\x0ctwo\x0bthree\xc2\x85four"
    assert read_words(parse_mail(raw)).text == "one\ntwo\nthree\nfour"


@given(
    st.binary(max_size=200),
    st.sampled_from([*["utf-8", "gbk", "big5", "euc-jp", "iso-2022-jp", "utf-7", "x", "hz"]]),
)
def test_every_byte_sequence_has_a_text(data: bytes, label: str) -> None:
    decode(data, label).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    "codec", ["idna", "punycode", "unicode_escape", "undefined", "base64", "mbcs"]
)
def test_pythons_other_codecs_are_no_charsets(codec: str) -> None:
    assert codec_of(codec) is None


def b64(data: bytes) -> str:
    return b64encode(data).decode()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (f"=?gb2312?B?{b64('客户镕'.encode('gb18030'))}?=", "客户镕"),
        (f"=?iso-8859-1?B?{b64('5 €'.encode('cp1252'))}?=", "5 €"),
        (f"=?ks_c_5601-1987?B?{b64('똠'.encode('cp949'))}?=", "똠"),
        (f"=?utf-8?B?{b64('Ö'.encode()[:1])}?= =?utf-8?B?{b64('Ö'.encode()[1:])}?=", "Ö"),
        ("=?utf-8?Q?St=C3?=\r\n =?utf-8?Q?=B6rung?=", "Störung"),
        ("=?utf-8?B?U3TDtg?=", "Stö"),
        ("=?utf-8?B?U3TDtg==?=rung", "Störung"),
        ("=?utf-8*de?Q?St=C3=B6rung?=", "Störung"),
        ("=?UTF-8?q?a_b c?=", "a b c"),
        ("a =?utf-8?Q?b?= c", "a b c"),
        ("a=?utf-8?Q?b?=c", "abc"),
        ("=?utf-8?Q?a?= =?iso-8859-1?Q?=E4?=", "aä"),
        ("=?utf-8?Q?a?= and =?utf-8?Q?b?=", "a and b"),
        ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
        ("50 % =?=", "50 % =?="),
        ("Störung".encode().decode("ascii", "surrogateescape"), "Störung"),
        ("Störung".encode("cp1252").decode("ascii", "surrogateescape"), "Störung"),
    ],
)
def test_headers_are_read_as_they_were_meant(value: str, text: str) -> None:
    assert decode_text(value) == text


def attached(name: bytes, header: bytes = b"Content-Disposition: attachment; ") -> str:
    raw = b"From: a@b.example\nContent-Type: application/pdf\n" + header + name + b"\n\nx"
    return parse_mail(raw).attachments[0].name


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        ('filename="Übersicht März.pdf"'.encode(), "Übersicht März.pdf"),
        ("filename=Übersicht.pdf".encode(), "Übersicht.pdf"),
        ('filename="Übersicht.pdf"'.encode("cp1252"), "Übersicht.pdf"),
        (b'filename="=?utf-8?Q?=C3=9Cbersicht.pdf?="', "Übersicht.pdf"),
        (b'filename="=?utf-8?Q?=C3=9Cber?=\n =?utf-8?Q?sicht.pdf?="', "Übersicht.pdf"),
        (b"filename*=utf-8''%C3%9Cbersicht.pdf", "Übersicht.pdf"),
        (b"filename*=us-ascii''Foto%20W%F6lbung.jpg", "Foto Wölbung.jpg"),
        (b"filename*=iso-8859-1'de'%80.pdf", "€.pdf"),
        (b"filename*=%C3%9Cbersicht.pdf", "Übersicht.pdf"),
        (b"filename*0*=utf-8''Rechnung%20; filename*1*=f%C3%BCr%20Mai.pdf", "Rechnung für Mai.pdf"),
        (b"filename*1*=%BCr.pdf; filename*0*=utf-8''f%C3", "für.pdf"),
        (b'filename*0="a;b"; filename*1=".pdf"', "a;b.pdf"),
        (b"filename=\"x.pdf\"; filename*=utf-8''%C3%9C.pdf", "Ü.pdf"),
        (b'filename="a \\"b\\".pdf"', 'a "b".pdf'),
        (b'filename="a.pdf', "a.pdf"),
        (b'FileName = "a.pdf"', "a.pdf"),
        (b'filename="../../etc/passwd"', ".._.._etc_passwd"),
        (b'filename="C:\\\\temp\\\\a.pdf"', "C:_temp_a.pdf"),
        (b"filename=", "unnamed.pdf"),
    ],
)
def test_file_names_are_read_as_they_were_meant(parameter: bytes, name: str) -> None:
    assert attached(parameter) == name


def test_a_name_only_in_the_content_type_counts() -> None:
    raw = 'From: a@b.example\nContent-Type: application/pdf; name="Übersicht.pdf"\n\nx'.encode()
    assert parse_mail(raw).attachments[0].name == "Übersicht.pdf"


@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
def test_the_way_of_transport_makes_no_difference(encoding: str) -> None:
    text = "Größe – 5 €".encode("cp1252")
    bodies = {
        "8bit": text,
        "base64": b64encode(text),
        "quoted-printable": b"".join(b"=%02X" % byte for byte in text),
    }
    head = (
        f"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: {encoding}\n\n"
    )
    assert read_words(parse_mail(head.encode() + bodies[encoding])).text == "Größe – 5 €"
