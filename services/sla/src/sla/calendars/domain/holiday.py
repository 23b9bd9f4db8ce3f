"""Public holidays by country and subdivision, from the `holidays` package (A1). Pure."""

from collections.abc import Collection, Iterable, Mapping
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


def translate_holidays(
    names: Mapping[date, str], country: str | None, language: str, years: Collection[int]
) -> dict[date, str]:
    """These holidays with the names of these years in `language` (two letters), where it is known.

    A name that is none of the country's public holidays, and one for which the `holidays` package has
    no word in the language, stays as it is.
    """
    wanted = {day: name for day, name in names.items() if day.year in years}
    if language == "en" or country is None or not wanted:
        return dict(names)
    words = _holiday_words(country, language, years)
    return {**names, **{day: words.get(name, name) for day, name in wanted.items()}}


def _holiday_words(country: str, language: str, years: Collection[int]) -> dict[str, str]:
    """The names of a country's holidays in a language, by their English ones; regional ones, too."""
    import holidays  # as above: 3 MiB

    try:
        known = holidays.country_holidays(country)
    except NotImplementedError:
        return {}
    if language not in known.supported_languages:
        return {}
    words: dict[str, str] = {}
    for subdivision in (None, *known.subdivisions):
        translated, english = (
            holidays.country_holidays(country, subdiv=subdivision, years=years, language=one)
            for one in (language, "en_US")
        )
        words |= {name: translated[day] for day, name in english.items()}
    return words
