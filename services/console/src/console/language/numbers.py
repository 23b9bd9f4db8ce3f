"""Numbers as a reader writes them: shares in per cent, amounts of money, counts, days. Pure."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

NOT_KNOWN: Final = "\u2013"
HUNDRED: Final = Decimal(100)
DIGITS: Final = Decimal("0.001")


def percent(language: str, figure: str | float | Decimal | None) -> str:
    """A number of per cent, with three digits at most: "99,95 %"; a dash where it is not known."""
    if figure is None:
        return NOT_KNOWN
    rounded = Decimal(str(figure)).quantize(DIGITS).normalize()
    return format_percent(rounded / HUNDRED, locale=language, decimal_quantization=False)


def money(language: str, amount: str | float | Decimal, currency: str) -> str:
    """An amount of a currency (ISO 4217), in its main unit."""
    return format_currency(Decimal(str(amount)), currency, locale=language)


def number(language: str, value: Any) -> Any:
    """A number with the reader's marks; whatever is none, as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    return format_decimal(value, locale=language)


def day(language: str, value: str | date | None) -> str:
    """A day, as services write it: "6 Mar 2026"."""
    if value is None:
        return NOT_KNOWN
    found = value if isinstance(value, date) else date.fromisoformat(value[:10])
    return format_date(found, "d MMM y", locale=language)
