"""Public holidays by country and subdivision, from the `holidays` package, as data (A1)."""

from collections.abc import Iterable
from datetime import date

import holidays


class UnknownCountry(ValueError):
    """The package knows no holidays of that country or subdivision."""


def public_holidays(country: str, subdivision: str | None, years: Iterable[int]) -> dict[date, str]:
    """Dates and their names (in English where there is one). Raises NoSuchCountry."""
    try:
        by_date = holidays.country_holidays(
            country, subdiv=subdivision, years=years, language="en_US"
        )
    except NotImplementedError as error:
        raise UnknownCountry(str(error)) from None
    return {day: name for day, name in sorted(by_date.items())}
