"""Public holidays by country and subdivision, from the `holidays` package, as data (A1)."""

from collections.abc import Iterable
from datetime import date

import holidays


class NoSuchCountry(ValueError):
    """The package knows no holidays of that country or subdivision."""


def public_holidays(country: str, subdivision: str | None, years: Iterable[int]) -> dict[date, str]:
    """Dates and their names (in English where there is one). Raises NoSuchCountry."""
    try:
        found = holidays.country_holidays(
            country, subdiv=subdivision, years=years, language="en_US"
        )
    except NotImplementedError as unknown:
        raise NoSuchCountry(str(unknown)) from None
    return {day: name for day, name in sorted(found.items())}
