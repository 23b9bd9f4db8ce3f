"""Phone numbers in any notation, by Google's rules for them (`phonenumbers`)."""

from collections.abc import Iterable

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat


def to_international(text: str, region: str) -> str | None:
    """The number as `+31201234567` (E.164), without an extension; None where the text is none.

    One without a country code is read as in the region (ISO 3166, such as NL).
    """
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def all_international(texts: Iterable[str | None], region: str) -> tuple[str, ...]:
    """The different numbers among the texts, in their order; what is no number is left out."""
    numbers = (to_international(text, region) for text in texts if text)
    return tuple(dict.fromkeys(number for number in numbers if number))
