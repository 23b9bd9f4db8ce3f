"""Public holidays by country and subdivision, from the `holidays` package (A1). Pure."""

from collections.abc import Iterable
from datetime import date


class UnknownCountry(ValueError):
    """The package has no holidays of this country or subdivision."""


def public_holidays(country: str, subdivision: str | None, years: Iterable[int]) -> dict[date, str]:
    """The holidays of these years by date, with their names in English where the package has them.

    `country` is an ISO 3166-1 alpha-2 code, `subdivision` one of its ISO 3166-2 codes without the
    country. Raises UnknownCountry.
    """
    # Imported where it is needed: 3 MiB in each process, for what is asked when a calendar is written.
    import holidays

    try:
        by_date = holidays.country_holidays(
            country, subdiv=subdivision, years=years, language="en_US"
        )
    except NotImplementedError as error:
        raise UnknownCountry(str(error)) from None
    return {day: name for day, name in sorted(by_date.items())}
