"""The targets of a contract: one table for each different set of them. Pure."""

from collections.abc import Iterator, Mapping

from sla.agreements.documents.contract_formats import Formats
from sla.agreements.documents.promise_conditions import GENERAL, Case, Conditions
from sla.agreements.domain.agreement import Agreement, Metric, Terms
from sla.agreements.domain.coverage_extension import PRIORITIES
from sla.agreements.domain.ticket_traits import TicketTraits
from sla.rendering.document import Column, Section, Table

Promises = Mapping[tuple[Metric, str], Terms]
"""What is promised in one case, by metric and priority."""


def promises_section(version: Agreement, formats: Formats) -> Section:
    """The targets, by what a ticket must be as far as they differ."""
    tables = tuple(_tables(version, formats))
    return Section(formats.words("promises"), (formats.words("counted_in"),), tables=tables)


def _tables(version: Agreement, formats: Formats) -> Iterator[Table]:
    conditions = Conditions.of(version)
    groups = _cases_by_promises(version, conditions)
    general = _promises(version, GENERAL)
    for promises, cases in groups:
        if len(groups) == 1 or promises != general:
            caption = conditions.describe(cases, formats)
        else:
            caption = conditions.describe_others(formats)
        yield _table(promises, caption, formats)


def _cases_by_promises(
    version: Agreement, conditions: Conditions
) -> list[tuple[Promises, list[Case]]]:
    """Each different set of promises with the cases that have it, the general one last."""
    groups: list[tuple[Promises, list[Case]]] = []
    for case in conditions.cases():
        promises = _promises(version, case)
        known = next((cases for other, cases in groups if other == promises), None)
        if known is None:
            groups.append((promises, [case]))
        else:
            known.append(case)
    general = _promises(version, GENERAL)
    return sorted(groups, key=lambda group: group[0] == general)


def _promises(version: Agreement, case: Case) -> Promises:
    """What is promised in a case; `GENERAL` has the targets without any condition alone."""
    tags = () if case.tag is None else (case.tag,)
    traits = TicketTraits(case.tier, case.channel, case.customer_tier, tags)
    return {
        (metric, priority): terms
        for priority in PRIORITIES
        for metric, terms in version.promises_for(priority, case.kind, traits)
    }


def _table(promises: Promises, caption: str, formats: Formats) -> Table:
    words = formats.words
    metrics = list(dict.fromkeys(metric for metric, _ in promises))
    columns = [Column(words("measure"), weight=1.5), *(Column(words(one)) for one in PRIORITIES)]
    rows = [
        (words(metric), *(_cell(promises[metric, one], formats) for one in PRIORITIES))
        for metric in metrics
        if any(promises[metric, one].target is not None for one in PRIORITIES)
    ]
    return Table(
        tuple(columns), rows, words("no_promise"), _pausing_note(promises, formats), caption
    )


def _cell(terms: Terms, formats: Formats) -> str:
    return formats.words("no_promise") if terms.target is None else formats.span(terms.target)


def _pausing_note(promises: Promises, formats: Formats) -> str:
    """The sentence that says for which of them waiting on the customer counts."""
    promised = {key: terms for key, terms in promises.items() if terms.target is not None}
    counting = [key for key, terms in promised.items() if not terms.pausable]
    if not promised:
        return ""
    if not counting:
        return formats.words("pausing")
    if len(counting) == len(promised):
        return formats.words("never_pausing")
    return formats.words(
        "partly_pausing", names=formats.names_of(_names(counting, promised, formats))
    )


def _names(counting: list[tuple[Metric, str]], promised: Promises, formats: Formats) -> list[str]:
    """The metrics for which waiting counts, with their priorities where it does not for all."""
    words = formats.words
    by_metric: dict[Metric, list[str]] = {}
    for metric, priority in counting:
        by_metric.setdefault(metric, []).append(words(priority))
    return [
        words(metric)
        if len(names) == sum(one == metric for one, _ in promised)
        else f"{words(metric)} ({', '.join(names)})"
        for metric, names in by_metric.items()
    ]
