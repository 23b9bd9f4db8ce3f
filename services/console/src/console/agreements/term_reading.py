"""What the form of an agreement's terms becomes in the body for sla, and where its answer belongs. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

from console.agreements.term_rows import Fields, goals_of, targets_of
from console.agreements.term_values import PARTIES, PROSE
from console.agreements.typed_terms import NO_PERCENT, typed_percent, typed_share
from console.agreements.view import PRIORITIES
from console.figures import WEEKDAYS
from console.forms.reading import NEEDED, NO_NUMBER, is_whole_number
from console.language.marked import marked
from console.language.typed_lengths import NO_LENGTH, typed_length
from console.language.typed_times import typed_time
from console.service_text import fault_of
from console.upstream.problems import Refused, Violation, violations

NO_HOURS: Final = marked("Write hours such as 02:00-06:00, with a comma between several.")
NO_WINDOW: Final = marked("Write a window in each line: 2026-12-24 22:00 - 2026-12-25 02:00.")
NO_PRICE: Final = marked("Write an amount such as 13000.00, and its currency.")
_SPAN: Final = re.compile(r"(\d{2}:\d{2})\s*[-\u2013]\s*(\d{2}:\d{2})")
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?:[+-]\d{2}:\d{2})?")
WORDS: Final = ("services", "customers")
ENDS: Final = ("starts_at", "ends_at")
Values = Mapping[str, str]


@dataclass
class Terms:
    """The body, what is wrong with it, and which row each of its targets and goals comes from, by index."""

    body: dict[str, Any] = field(default_factory=dict)
    wrong: list[Violation] = field(default_factory=list)
    origins: dict[str, Fields] = field(default_factory=dict)

    def put(self, name: str, value: Any, wrong: str | None = None, at: str = "") -> None:
        """Take a value, unless there is none; or say what is wrong with it, `at` a field of another name."""
        if wrong is not None:
            self.wrong.append(Violation(at or name, wrong))
        elif value is not None:
            self.body[name] = value


def read_terms(values: Values, zone: ZoneInfo) -> Terms:
    """Read the terms of a version, as creating and replacing a draft both take them."""
    terms = Terms()
    _read_hours(terms, values, zone)
    _read_rows(terms, values)
    _read_figures(terms, values)
    _read_price(terms, values)
    _read_maintenance(terms, values, zone)
    for name in WORDS:
        terms.put(name, _words(values.get(name, "")))
    for name in PROSE:
        terms.put(name, values.get(name, "").strip())
    terms.put("customer_signs", "customer_signs" in values)
    if values.get("pinned") in {"yes", "no"}:
        terms.put("pinned", values["pinned"] == "yes")
    return terms


def read_agreement(values: Values, zone: ZoneInfo) -> Terms:
    """Read a new version with its agreement: the key, the kind of contract, and the other side."""
    terms = read_terms(values, zone)
    key, party = values.get("key", "").strip(), values.get("customer", "").strip()
    terms.put("key", key, None if key else NEEDED)
    terms.put("contract", values.get("contract") or "sla")
    if "house_default" in values:
        terms.put("house_default", True)
    elif terms.body["contract"] == "sla" and not party:
        terms.put("customer", None, NEEDED)
    for name in PARTIES:
        terms.put(name, values.get(name, "").strip() or None)
    return terms


def find_violations(refused: Refused, terms: Terms) -> tuple[Violation, ...]:
    """Return what sla says is wrong, each at the field of the form that holds it."""
    errors = refused.problem.get("errors")
    found = [
        Violation(_field_of(str(one.get("pointer", "")), terms), fault_of(one))
        for one in (errors if isinstance(errors, list) else ())
        if isinstance(one, dict)
    ]
    return tuple(found) or tuple(violations(refused))


def _field_of(pointer: str, terms: Terms) -> str:
    first, *rest = pointer.strip("/").split("/")
    if first in terms.origins:
        fields, index = terms.origins[first], int(rest[0]) if rest and rest[0].isdecimal() else 0
        return fields.name_of(index, rest[1] if len(rest) > 1 else "")
    if first == "calendars" and rest:
        return f"calendars.{rest[0]}"
    if first == "maintenance":
        return "dated" if rest[:1] == ["dated"] else f"weekly.{rest[1]}" if rest[1:] else "dated"
    return "price.amount" if first == "price" else first


def _read_hours(terms: Terms, values: Values, zone: ZoneInfo) -> None:
    calendar = values.get("calendar", "").strip()
    terms.put("calendar", calendar, None if calendar else NEEDED)
    chosen = {name: values.get(f"calendars.{name}", "").strip() for name in PRIORITIES}
    terms.put("calendars", {name: id for name, id in chosen.items() if id})
    for name in ("valid_from", "valid_until"):
        if name == "valid_until" and not values.get(name, "").strip():
            continue
        instant = typed_time(values, name, zone)
        if isinstance(instant, str):
            terms.put(name, None, instant)
        else:
            terms.put(name, instant.isoformat())
    terms.put("timezone", values.get("timezone", "").strip() or None)


def _read_rows(terms: Terms, values: Values) -> None:
    readers: Mapping[str, Callable[[Values], Fields]] = {"targets": targets_of, "goals": goals_of}
    for name, read in readers.items():
        fields = read(values)
        terms.origins[name] = fields
        terms.wrong += fields.wrong
        terms.put(name, list(fields.items))
    if not terms.body["targets"] and not terms.origins["targets"].wrong:
        terms.put("targets", None, NEEDED, "targets.0.blocker")


def _read_figures(terms: Terms, values: Values) -> None:
    for name, read in (("availability", typed_share), ("credit_cap_percent", typed_percent)):
        if typed := values.get(name, "").strip():
            figure = read(typed)
            terms.put(name, figure, None if figure is not None else NO_PERCENT)
    if typed := values.get("reserved_seconds", "").strip():
        length = typed_length(typed)
        terms.put("reserved_seconds", length, None if length else NO_LENGTH)
    shares = [typed_share(one) for one in _words(values.get("warnings", ""))]
    terms.put("warnings", shares, NO_PERCENT if None in shares else None)
    lengths = [typed_length(one) for one in _words(values.get("warn_before_seconds", ""))]
    terms.put("warn_before_seconds", lengths, None if all(lengths) else NO_LENGTH)
    if typed := values.get("supersedes", "").strip():
        is_number = is_whole_number(typed)
        terms.put("supersedes", int(typed) if is_number else None, None if is_number else NO_NUMBER)


def _read_price(terms: Terms, values: Values) -> None:
    amount = values.get("price.amount", "").strip().replace(",", ".")
    currency = values.get("price.currency", "").strip().upper()
    if not amount:
        return
    fits = re.fullmatch(r"\d{1,10}(\.\d{1,2})?", amount) and re.fullmatch("[A-Z]{3}", currency)
    price = {"amount": amount, "currency": currency}
    terms.put("price", price, None if fits else NO_PRICE, "price.amount")


def _read_maintenance(terms: Terms, values: Values, zone: ZoneInfo) -> None:
    weekly = {}
    for day in WEEKDAYS:
        if typed := values.get(f"weekly.{day}", "").strip():
            spans = [_SPAN.fullmatch(one.strip()) for one in typed.split(",")]
            weekly[day] = [list(one.groups()) for one in spans if one]
            if None in spans:
                terms.wrong.append(Violation(f"weekly.{day}", NO_HOURS))
    dated = list(_windows(values.get("dated", "").splitlines(), zone))
    wrong = next((one for one in dated if isinstance(one, str)), None)
    terms.put("maintenance", {"weekly": weekly, "dated": dated}, wrong, "dated")


def _windows(lines: Iterable[str], zone: ZoneInfo) -> Iterator[dict[str, str] | str]:
    """Yield the window of each line, or what is wrong with it. A time that comes twice needs its offset."""
    for line in filter(str.strip, lines):
        found = [_instant(text, zone) for text in _INSTANT.findall(line)]
        if len(found) != len(ENDS) or None in found:
            yield NO_WINDOW
        else:
            yield {name: str(one) for name, one in zip(ENDS, found, strict=True)}


def _instant(text: str, zone: ZoneInfo) -> str | None:
    if re.search(r"[+-]\d{2}:\d{2}$", text):
        return text.replace(" ", "T")
    instant = typed_time({"at": text}, "at", zone)
    return None if isinstance(instant, str) else instant.isoformat()


def _words(typed: str) -> Sequence[str]:
    return list(dict.fromkeys(typed.replace(",", " ").replace(";", " ").split()))
