"""Text from bytes, by the charset labels that mails use (I3). Pure, and never raises.

The labels mean what browsers take them for (WHATWG Encoding Standard): many programs say `iso-8859-1`,
`gb2312`, `ks_c_5601` or `shift_jis` and write the superset of it. Python's codecs are stricter, so the
table leads from a label to the codec that reads everything that is written under it.
"""

import re
from collections.abc import Iterable
from typing import Final

_CODECS_AND_LABELS: Final = {
    "utf-8": "utf8 unicode11utf8 utf8mb4 cp65001",
    "cp1252": "iso88591 iso885911987 latin1 l1 isoir100 csisolatin1 cp819 ibm819",
    "cp1254": "iso88599 iso885991989 latin5 l5 isoir148 csisolatin5",
    "cp874": "iso885911 tis620 dos874",
    "gb18030": "gb18030 gb2312 gb231280 gbk xgbk cp936 windows936 ms936 euccn csgb2312 chinese isoir58",
    "big5hkscs": "big5 big5hkscs xxbig5 cnbig5 csbig5 big5eten cp950 windows950",
    "cp949": "euckr cseuckr ksc56011987 ksc56011989 ksc5601 korean uhc isoir149",
    "cp932": "shiftjis sjis xsjis mskanji csshiftjis windows31j ms932 cp943",
    "euc_jp": "eucjp xeucjp cseucpkdfmtjapanese",
    "iso2022_jp": "iso2022jp csiso2022jp iso2022jpms iso2022jp1 iso2022jp2 cp50220 cp50221",
    "iso2022_kr": "iso2022kr csiso2022kr",
    "iso8859_8": "iso88598 iso88598i iso88598e hebrew logical visual csisolatinhebrew",
    "iso8859_7": "iso88597 greek greek8 ecma118 elot928",
    "iso8859_6": "iso88596 iso88596i iso88596e arabic asmo708 ecma114",
    "iso8859_5": "iso88595 cyrillic",
    "iso8859_2": "iso88592 latin2 l2",
    "iso8859_15": "iso885915 latin9 l9",
    "koi8_r": "koi8r koi8 koi cskoi8r",
    "koi8_u": "koi8u koi8ru",
    "mac_roman": "macintosh mac macroman xmacroman csmacintosh",
    "mac_cyrillic": "xmaccyrillic xmacukrainian maccyrillic",
    "utf-16": "utf16 unicode ucs2 iso10646ucs2 csunicode",
    "utf-16-le": "utf16le unicodefffe",
    "utf-16-be": "utf16be unicodefeff",
    "utf-32": "utf32",
    "utf_7": "utf7 unicode11utf7 csunicode11utf7",
    "hz": "hzgb2312 hz",
    "johab": "johab",
}
_CODECS: Final = {
    label: codec for codec, labels in _CODECS_AND_LABELS.items() for label in labels.split()
}
_CODE_PAGES: Final = frozenset(
    [
        "437",
        "720",
        "737",
        "775",
        "850",
        "852",
        "855",
        "857",
        "858",
        "860",
        "861",
        "862",
        "863",
        "864",
        "865",
        "866",
        "869",
        "874",
        "932",
        "949",
        "1125",
        "1250",
        "1251",
        "1252",
        "1253",
        "1254",
        "1255",
        "1256",
        "1257",
        "1258",
    ]
)
_ALSO: Final = {"big5hkscs": ("cp950",), "euc_jp": ("euc_jis_2004",), "utf_7": ("cp1252",)}
"""Codecs that read what the first one does not, where neither has everything."""
_WINDOWS_TWINS: Final = {
    "iso8859_2": "cp1250",
    "iso8859_7": "cp1253",
    "iso8859_8": "cp1255",
    "iso8859_13": "cp1257",
    "iso8859_15": "cp1252",
}
"""What Windows programs write under a label of ISO 8859: told by bytes that mean nothing there."""

_NOT_ALPHANUMERIC: Final = re.compile(r"[^a-z0-9]")
_CODE_PAGE: Final = re.compile(r"x?(?:windows|win|cp|ms|ibm|dos|oem)(\d{3,4})")
_ISO_8859: Final = re.compile(r"x?iso8859(\d{1,2})")
_BYTE_ORDER_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_HTML_CHARSET: Final = re.compile(
    rb"<(?:meta\b[^>]{0,400}?\bcharset|\?xml\b[^>]{0,100}?\bencoding)\s{0,5}=\s{0,5}[\"']?\s{0,5}"
    rb"([A-Za-z0-9_.:-]{1,40})",
    re.IGNORECASE,
)
_HTML_HEAD_BYTES: Final = 4_096
_JIS_ESCAPE: Final = re.compile(rb"\x1b(\$@|\$B|\$\(D|\([BIJ])")
_SEVEN_BITS: Final = {
    "iso2022_jp": ("cp932",),
    "iso2022_kr": ("cp949",),
    "hz": ("gb18030",),
    "utf_7": (),
}
"""Charsets without a byte above 127, and in what programs write that label their text so all the same."""
_C1_CONTROL: Final = re.compile(rb"[\x80-\x9f]")
_COMMENT: Final = re.compile(r"\(.*|;.*", re.DOTALL)
_SET_HIGH_BIT: Final = bytes(byte | 0x80 if 0x21 <= byte <= 0x7E else byte for byte in range(256))


def codec_of(label: str | None) -> str | None:
    """The codec for a charset label in any spelling; None where the label tells nothing.

    `us-ascii` tells nothing either: what is within it needs no codec, what is not is something else.
    """
    key = _NOT_ALPHANUMERIC.sub("", _COMMENT.sub("", (label or "")[:60]).lower())
    if key in _CODECS:
        return _CODECS[key]
    if (page := _CODE_PAGE.fullmatch(key)) and page[1] in _CODE_PAGES:
        return f"cp{page[1]}"
    if (part := _ISO_8859.fullmatch(key)) and int(part[1]) in {3, 4, 10, 13, 14, 16}:
        return f"iso8859_{part[1]}"
    return None


def decode(data: bytes, label: str | None) -> str:
    """The text in the declared charset, with U+FFFD for what is none in it.

    Without a usable label it is UTF-8 where that fits at all, else windows-1252.
    """
    for mark, codec in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    declared = codec_of(label)
    if declared is None or (declared.startswith("utf-16") and b"\x00" not in data):
        return _guess(data)
    if declared in _SEVEN_BITS and not data.isascii() and b"\x1b" not in data:
        return _decode_first(data, ("utf-8", *_SEVEN_BITS[declared])) or _guess(data)
    if declared == "iso2022_jp":
        return _decode_iso_2022_jp(data)
    if (twin := _WINDOWS_TWINS.get(declared)) and not _is_readable(data, declared):
        return _decode_strictly(data, twin, declared)
    return _decode_strictly(data, declared, *_ALSO.get(declared, ()))


def decode_html(data: bytes, label: str | None) -> str:
    """Like `decode`; where the label is of no use, the document's own `<meta charset>` counts."""
    if codec_of(label) is None and (match := _HTML_CHARSET.search(data[:_HTML_HEAD_BYTES])):
        label = match[1].decode("ascii")
    return decode(data, label)


def _is_readable(data: bytes, codec: str) -> bool:
    """Whether every byte is a character of this part of ISO 8859, and none a control character."""
    if _C1_CONTROL.search(data):
        return False
    try:
        data.decode(codec)
    except UnicodeError:
        return False
    return True


def _decode_strictly(data: bytes, *codecs: str) -> str:
    text = _decode_first(data, codecs)
    return data.decode(codecs[0], "replace") if text is None else text


def _decode_first(data: bytes, codecs: Iterable[str]) -> str | None:
    """The text by the first of these codecs that reads all of it; None where none does."""
    for codec in codecs:
        try:
            return data.decode(codec)
        except (UnicodeError, LookupError):
            continue
    return None


def _guess(data: bytes) -> str:
    if data.isascii():
        return _decode_iso_2022_jp(data) if b"\x1b$" in data else data.decode("ascii")
    text = data.decode("utf-8", "replace")
    unreadable = text.count("\ufffd")
    others = sum(character > "\x7f" for character in text) - unreadable
    # Latin letters form UTF-8 by accident so rarely that one good sequence outweighs a broken one.
    return text if others >= unreadable else data.decode("cp1252", "replace")


def _decode_iso_2022_jp(data: bytes) -> str:
    """ISO-2022-JP with the characters of row 13 (circled numbers) that Python's codec refuses."""
    try:
        return data.decode("iso2022_jp")
    except UnicodeError:
        pieces = _JIS_ESCAPE.split(data)
    text = pieces[0].decode("ascii", "replace")
    for escape, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        text += _decode_jis(escape, piece)
    return text


def _decode_jis(escape: bytes, piece: bytes) -> str:
    if escape in {b"$@", b"$B"}:
        return _decode_strictly(piece.translate(_SET_HIGH_BIT), "euc_jp", "euc_jis_2004")
    if escape == b"(I":
        return piece.translate(_SET_HIGH_BIT).decode("cp932", "replace")
    return piece.decode("ascii" if escape != b"$(D" else "iso2022_jp_ext", "replace")
