"""The goals of a contract: what share of promises is kept in a month, and what is credited if it is not. Pure."""

from collections.abc import Mapping

from sla.agreements.documents.notation import Formats
from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.goals import Goal
from sla.rendering.document import Column, Section, Table


def goals_section(version: Agreement, services: Mapping[str, str], formats: Formats) -> Section:
    """A row for each goal. `services`: their names by key."""
    words = formats.words
    heads = ("goal_about", "tickets", "services", "goal_share", "goal_credit")
    columns = tuple(Column(words(head), weight=1.5 if head == heads[0] else 1) for head in heads)
    rows = [
        (
            words("uptime" if goal.metric == "availability" else goal.metric),
            _tickets(goal, formats),
            words("all_services")
            if goal.service is None
            else services.get(goal.service, goal.service),
            formats.share(goal.share),
            _credits(goal, version, formats),
        )
        for goal in version.goals
    ]
    table = Table(columns, rows, footnote=_cap(version, formats))
    return Section(words("goals"), (words("goals_judged"),), tables=(table,))


def _tickets(goal: Goal, formats: Formats) -> str:
    if goal.metric == "availability":
        return ""
    names = [formats.words(one) for one in goal.priorities]
    return formats.names(names) or formats.words("all_tickets")


def _credits(goal: Goal, version: Agreement, formats: Formats) -> str:
    """Each step on a line, with the fee of which it is a share where that is not the price."""
    words = formats.words
    steps = [
        words(
            "credit_step", percent=formats.share(one.percent / 100), share=formats.share(one.below)
        )
        for one in goal.credits
    ]
    if steps and goal.fee is not None and version.price is not None:
        steps.append(words("credit_fee", fee=formats.money(goal.fee, version.price.currency)))
    return "\n".join(steps) or words("no_promise")


def _cap(version: Agreement, formats: Formats) -> str:
    """The most that all credits of a month are together; nothing where none are agreed."""
    if not any(one.credits for one in version.goals):
        return ""
    cap = 100.0 if version.credit_cap_percent is None else version.credit_cap_percent
    return formats.words("credit_cap", share=formats.share(cap / 100))
