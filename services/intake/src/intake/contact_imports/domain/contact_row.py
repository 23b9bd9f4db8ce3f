"""One line of an export, as what it says of a contact. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from intake.contact_imports.domain.contact_formats import ContactFormat, plain

LANGUAGES: Final[Mapping[str, str]] = {
    "dutch": "nl",
    "nederlands": "nl",
    "english": "en",
    "german": "de",
    "deutsch": "de",
    "french": "fr",
    "français": "fr",
}
_PHONES_AND_ADDRESSES: Final = 11


@dataclass(frozen=True, slots=True)
class ContactRow:
    """What line `line` of the file says: the first line below the columns has the number 2.

    `customer` is a key, `account` a customer's name; one of both may be empty. `language` is None where the
    file says none, or one that is not understood.
    """

    line: int
    customer: str
    account: str
    name: str
    addresses: tuple[str, ...]
    phones: tuple[str, ...]
    language: str | None


def to_row(line: int, values: Mapping[str, str], known: ContactFormat) -> ContactRow:
    """The row of one line, whose `values` are by plain column name."""

    def all_of(field: str) -> tuple[str, ...]:
        columns = known.columns.get(field, ())  # type: ignore[call-overload]  # a field by its name
        found = (values.get(plain(column), "").strip() for column in columns)
        return tuple(dict.fromkeys(value for value in found if value))[:_PHONES_AND_ADDRESSES]

    def one_of(field: str) -> str:
        return next(iter(all_of(field)), "")

    parts = " ".join(filter(None, (one_of("first_name"), one_of("last_name"))))
    return ContactRow(
        line=line,
        customer=one_of("customer"),
        account=one_of("account"),
        name=one_of("name") or parts,
        addresses=all_of("address"),
        phones=all_of("phone"),
        language=to_language(one_of("language")),
    )


def to_language(text: str) -> str | None:
    """Two letters of `nl`, `nl_NL`, `Dutch` …; None where the text names no language."""
    lower = text.strip().lower()
    code = lower.replace("-", "_").partition("_")[0]
    if len(code) == 2 and code.isascii() and code.isalpha():
        return code
    return LANGUAGES.get(lower.partition(" ")[0])


def unknown_columns(columns: list[str], known: ContactFormat) -> list[str]:
    """The columns that the format does not know, as the file names them."""
    names = {plain(column) for group in known.columns.values() for column in group}
    return [column for column in columns if plain(column) not in names | known.ignored]
