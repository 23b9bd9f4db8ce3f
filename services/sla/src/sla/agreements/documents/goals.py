"""The goals of a contract, and what is credited in a month in which one is not met. Pure."""

from collections.abc import Iterator, Mapping

from sla.agreements.documents.contract_formats import Formats
from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.coverage_extension import PRIORITIES
from sla.agreements.domain.goals import Goal
from sla.rendering.document import Column, Section, Table
from sla.rendering.words import Words

Cells = dict[str, str]
WEIGHTS: Mapping[str, float] = {"goal": 1.9, "tickets": 1.3, "about_service": 1.2, "credit": 1.4}


def goals_section(
    version: Agreement, services: Mapping[str, str], formats: Formats
) -> Iterator[Section]:
    """The goals with their credits; no section where none are agreed. `services` are names by key."""
    if not version.goals:
        return
    rows = [_cells(one, version, services, formats) for one in version.goals]
    names = [name for name in rows[0] if any(row[name] for row in rows)]
    columns = tuple(Column(formats.words(name), weight=WEIGHTS.get(name, 1.0)) for name in names)
    table = Table(
        columns,
        [tuple(row[name] for name in names) for row in rows],
        footnote=" ".join(_notes(version, formats)),
    )
    yield Section(formats.words("goals"), tables=(table,))


def _cells(goal: Goal, version: Agreement, services: Mapping[str, str], formats: Formats) -> Cells:
    """The cells of a goal by the name of their column; a column in which all are empty is left out."""
    words, has_credits = formats.words, any(one.credits for one in version.goals)
    has_services = any(one.service is not None for one in version.goals)
    return {
        "goal": words(f"goal_{goal.metric}"),
        "tickets": _tickets(goal, formats),
        "about_service": _service(goal, services, words) if has_services else "",
        "goal_share": formats.share(goal.share),
        "credit": _credits(goal, formats) if has_credits else "",
        "credit_of": _fee(goal, version, formats) if goal.credits else "",
    }


def _tickets(goal: Goal, formats: Formats) -> str:
    if goal.metric == "availability":
        return ""
    named = [formats.words(one) for one in PRIORITIES if one in goal.priorities]
    return formats.names_of(named) or formats.words("all_tickets")


def _service(goal: Goal, services: Mapping[str, str], words: Words) -> str:
    name = goal.service
    return words("all_services") if name is None else services.get(name, name)


def _credits(goal: Goal, formats: Formats) -> str:
    steps = (
        formats.words(
            "credit_step",
            percent=formats.share(one.percent / 100),
            share=formats.share(one.below),
        )
        for one in goal.credits
    )
    return "\n".join(steps) or formats.words("no_credit")


def _fee(goal: Goal, version: Agreement, formats: Formats) -> str:
    """To what the percentages refer: a fee of its own, in the currency of the price, or the price."""
    if goal.fee is None or version.price is None:
        return formats.words("of_price")
    return formats.money(goal.fee, version.price.currency)


def _notes(version: Agreement, formats: Formats) -> Iterator[str]:
    words, cap = formats.words, version.credit_cap_percent
    yield words("goals_by_month", zone=version.timezone)
    if not any(one.credits for one in version.goals):
        return
    yield words("credits_of_month")
    if cap is None:
        yield words("credits_within_price")
    else:
        yield words("credits_cap", share=formats.share(cap / 100))
