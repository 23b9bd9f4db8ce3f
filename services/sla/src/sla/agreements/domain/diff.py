"""The differences between two versions of an agreement, in words. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from uuid import UUID

from common.wording import format_duration
from sla.agreements.domain.agreement import Agreement, Target
from sla.agreements.domain.clauses import Prose
from sla.agreements.domain.goals import Goal, describe_credits, describe_goal

NamesById = Mapping[UUID, str]
"""The names of customers and calendar versions, by id."""
Facts = Mapping[str, str]
NOT_AGREED = "nothing"


@dataclass(frozen=True, slots=True)
class Clause:
    """What a version says about a term: in words, and as the `facts` that they fill in.

    `code` is the kind of term, `about` which of its kind.
    """

    text: str
    code: str
    facts: Facts = field(default_factory=dict)
    about: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """A term on which two versions differ. `previous` and `current` are what each of them says.

    `code` and `about` name the term, `previous_facts` and `current_facts` are what the words fill in: None where
    nothing is agreed.
    """

    term: str
    previous: str
    current: str
    code: str
    about: Facts
    previous_facts: Facts | None
    current_facts: Facts | None

    def __str__(self) -> str:
        return f"{self.term}: {self.previous} -> {self.current}"


def diff_versions(old: Agreement, new: Agreement, names: NamesById) -> list[Difference]:
    """All differences, in the order of the terms in an agreement."""
    before, after = _describe_version(old, names), _describe_version(new, names)
    return [
        _difference(what, before.get(what), after.get(what))
        for what in dict.fromkeys([*before, *after])
        if _text(before.get(what)) != _text(after.get(what))
    ]


def _difference(term: str, before: Clause | None, after: Clause | None) -> Difference:
    named = after or before
    assert named is not None, "one of them says something"
    texts = _text(before), _text(after)
    return Difference(term, *texts, named.code, named.about, _facts(before), _facts(after))


def _text(clause: Clause | None) -> str:
    return NOT_AGREED if clause is None else clause.text


def _facts(clause: Clause | None) -> Facts | None:
    return None if clause is None or clause.text == NOT_AGREED else clause.facts


def describe_promise(target: Target) -> str:
    """A target in words: `within 4 h, waiting on the customer does not count`."""
    if target.within is None:
        return NOT_AGREED
    counts = "does not count" if target.pausable else "counts"
    return f"within {format_duration(target.within)}, waiting on the customer {counts}"


def _describe_version(version: Agreement, names: NamesById) -> dict[str, Clause]:
    return {
        **dict(_coverage(version, names)),
        **dict(_calendars(version, names)),
        **{describe_subject(target): _target(target) for target in version.targets},
        **dict(_warnings(version)),
        **dict(_figures(version, names)),
        **dict(_goals(version)),
        **dict(_prose(version.prose)),
    }


def describe_subject(target: Target) -> str:
    """What a target is about: `first response of blocker tickets`."""
    scope = f"{target.priority} {target.kind.replace('_', ' ')}" if target.kind else target.priority
    if target.environment_tier:
        scope = f"{scope} {target.environment_tier}"
    if target.channel:
        scope = f"{scope} {target.channel}"
    if target.customer_tier:
        scope = f"{scope} {target.customer_tier}-customer"
    if target.tag:
        scope = f"{scope} #{target.tag}"
    return f"{target.metric.replace('_', ' ')} of {scope}{'' if target.kind else ' tickets'}"


def _target(target: Target) -> Clause:
    names = ("metric", "priority", "kind", "environment_tier", "channel", "customer_tier", "tag")
    about = {name: str(value) for name in names if (value := getattr(target, name))}
    facts = {}
    if target.within is not None:
        facts = {"seconds": _seconds(target.within), "pausable": str(target.pausable).lower()}
    return Clause(describe_promise(target), "target", facts, about)


def _coverage(version: Agreement, names: NamesById) -> Iterator[tuple[str, Clause]]:
    yield "valid from", _instant("valid_from", version.valid_from)
    if version.valid_until:
        yield "valid until", _instant("valid_until", version.valid_until)
    else:
        yield "valid until", Clause("without an end", "valid_until")
    yield "customers", _all_or("customers", [names.get(id, str(id)) for id in version.customers])
    yield "services", _all_or("services", version.services)


def _instant(code: str, at: datetime) -> Clause:
    return Clause(_format_instant(at), code, {"at": _format_instant(at)})


def _all_or(code: str, names: Iterable[str]) -> Clause:
    text = ", ".join(sorted(names))
    return Clause(text or "all", code, {"names": text} if text else {})


def _calendars(version: Agreement, names: NamesById) -> Iterator[tuple[str, Clause]]:
    yield "calendar", _calendar("calendar", version.calendar, names)
    for priority, id in version.calendars.items():
        clause = _calendar("calendar_of", id, names)
        yield f"calendar of {priority} tickets", replace(clause, about={"priority": priority})


def _calendar(code: str, id: UUID, names: NamesById) -> Clause:
    name = names.get(id, str(id))
    return Clause(name, code, {"calendar": name})


def _warnings(version: Agreement) -> Iterator[tuple[str, Clause]]:
    shares = version.warning_thresholds
    text = ", ".join(f"{share:.6g} of the target" for share in shares)
    percents = " ".join(f"{share * 100:.6g}" for share in shares)
    yield "warnings at", Clause(text, "warnings", {"percents": percents})
    if lengths := version.warning_lead_times:
        facts = {"lengths": " ".join(map(_seconds, lengths))}
        text = ", ".join(map(format_duration, lengths))
        yield "warnings before the deadline", Clause(text, "warn_before", facts)


def _figures(version: Agreement, names: NamesById) -> Iterator[tuple[str, Clause]]:
    yield "months begin in", Clause(version.timezone, "timezone", {"zone": version.timezone})
    if version.availability is not None:
        yield "availability per month", _percent("availability", version.availability * 100)
    maintenance = version.maintenance
    if maintenance.weekly is not None:
        yield "weekly maintenance", _calendar("weekly_maintenance", maintenance.weekly, names)
    if maintenance.dated:
        ends = [(_format_instant(start), _format_instant(end)) for start, end in maintenance.dated]
        text = "; ".join(f"{start} to {end}" for start, end in ends)
        facts = {"windows": " ".join(map("/".join, ends))}
        yield "single maintenance windows", Clause(text, "windows", facts)
    if version.reserved is not None:
        text = f"{version.reserved / timedelta(hours=1):.6g}"
        facts = {"seconds": _seconds(version.reserved)}
        yield "reserved hours per month", Clause(text, "reserved", facts)
    if (price := version.price) is not None:
        facts = {"amount": str(price.amount), "currency": price.currency}
        yield "price per month", Clause(f"{price.amount} {price.currency}", "price", facts)


def _percent(code: str, percent: float, of: str = "") -> Clause:
    return Clause(f"{percent:.6g} %{of}", code, {"percent": f"{percent:.6g}"})


def _goals(version: Agreement) -> Iterator[tuple[str, Clause]]:
    for number, goal in enumerate(version.goals, start=1):
        about = {"number": str(number)}
        yield f"goal {number}", Clause(describe_goal(goal), "goal", _goal_facts(goal), about)
        if goal.credits:
            fee = "" if goal.fee is None else f" of {goal.fee}"
            text = describe_credits(goal) + fee
            yield f"credits of goal {number}", Clause(text, "credits", _credit_facts(goal), about)
    if version.credit_cap_percent is not None:
        cap = _percent("credit_cap", version.credit_cap_percent, " of the price of a month")
        yield "credits at most", cap


def _goal_facts(goal: Goal) -> dict[str, str]:
    facts = {"metric": goal.metric, "percent": f"{goal.share * 100:.6g}"}
    more = {"priorities": " ".join(goal.priorities), "service": goal.service or ""}
    return facts | {name: value for name, value in more.items() if value}


def _credit_facts(goal: Goal) -> dict[str, str]:
    steps = " ".join(f"{one.below * 100:.6g}:{one.percent:.6g}" for one in goal.credits)
    return {"steps": steps} | ({} if goal.fee is None else {"fee": str(goal.fee)})


def _prose(prose: Prose) -> Iterator[tuple[str, Clause]]:
    for one in fields(prose):
        if text := getattr(prose, one.name):
            yield one.name, Clause(text, one.name, {"text": text})


def _seconds(length: timedelta) -> str:
    return str(int(length.total_seconds()))


def _format_instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
