"""Gaps in what is promised: each is found and named, and none where nothing is missing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from sla.agreements.domain.agreement import Agreement, Target
from sla.agreements.domain.clauses import Price
from sla.calendars.domain.calendar import Calendar, always_open, parse_hours
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla.catalogue.domain.gap import Gap, GapContext
from sla.catalogue.domain.graph import Graph, Need, Node, parse_node, service_node
from sla.catalogue.domain.underpinning_contracts import worst_lateness
from sla.catalogue.routes.gaps import find_gaps
from sla_support.calendar_strategies import calendars_near
from sla_support.company import ACME, BRIGHTWATER, HOUR, NINE

ZONE = read_zone("Europe/Amsterdam")
WEEK = (parse_hours([("08:00", "17:00")]),) * 5 + ((), ())
OFFICE, ROUND = UUID(int=1), UUID(int=2)
TABLES = {OFFICE: Timetable(Calendar(ZONE, WEEK)), ROUND: Timetable(always_open(ZONE))}
DAY = timedelta(days=1)
HOST = parse_node("partner/hosthaven")
PROD = parse_node("environment/acme-prod")


def resolves(within: timedelta, priority: str = "major", kind: str | None = None) -> Target:
    return Target("resolution", priority, within, kind=kind)


SLA = Agreement(UUID(int=10), "acme", 1, ACME, NINE - DAY, None, (resolves(8 * HOUR),), OFFICE)
UC = Agreement(
    UUID(int=11),
    "hosting",
    1,
    None,
    NINE - DAY,
    None,
    (resolves(8 * HOUR),),
    OFFICE,
    contract="uc",
    partner="hosthaven",
)
OLA = replace(UC, id=UUID(int=12), key="second", contract="ola", partner=None, team="second_level")


def gap_context(*contracts: Agreement, **overrides: Any) -> GapContext:
    """Acme bought billing, which runs on its environment and rests upon a partner."""
    needs = {
        "billing": (Need((PROD,)), Need((service_node("hosting"),))),
        "hosting": (Need((HOST,)),),
    }
    graph = Graph(needs, {"billing": frozenset({"acme"})}, {"acme-prod": "acme"})
    fields: dict[str, Any] = {
        "at": NINE,
        "graph": graph,
        "customers": {ACME: "acme"},
        "environments": {"acme-prod": ACME},
        "owners": {"billing": "anna"},
        "contracts": contracts,
    }
    return GapContext(**fields | overrides)


def found_gaps(context: GapContext, days: int = 60) -> list[Gap]:
    return find_gaps(context, TABLES, days * DAY)


def gap_codes(context: GapContext, days: int = 60) -> list[str]:
    return [gap.code for gap in found_gaps(context, days)]


def test_where_all_is_promised_nothing_is_missing() -> None:
    assert gap_codes(gap_context(SLA, UC)) == []
    assert gap_codes(gap_context(SLA, UC, OLA)) == []


def test_who_and_what_has_no_agreement_is_named() -> None:
    assert gap_codes(gap_context(UC)) == [
        "CUSTOMER_WITHOUT_AGREEMENT",
        "ENVIRONMENT_WITHOUT_AGREEMENT",
        "SERVICE_WITHOUT_AGREEMENT",
    ]
    other = replace(SLA, services=("hosting",))
    uncovered = ["ENVIRONMENT_WITHOUT_AGREEMENT", "SERVICE_WITHOUT_AGREEMENT"]
    assert gap_codes(gap_context(other, UC)) == uncovered
    bare = Graph({"billing": (), "hosting": ()}, {"billing": frozenset({"acme"})})
    assert gap_codes(gap_context(other, UC, graph=bare)) == uncovered
    assert gap_codes(gap_context(SLA, UC, graph=bare)) == []
    (gap,) = found_gaps(gap_context(SLA))
    assert (gap.code, gap.partner, gap.service) == (
        "PARTNER_WITHOUT_CONTRACT",
        "hosthaven",
        "billing",
    )
    assert (
        gap_codes(gap_context(replace(SLA, valid_until=NINE), UC))[0]
        == "CUSTOMER_WITHOUT_AGREEMENT"
    )
    assert (
        gap_codes(gap_context(replace(SLA, valid_from=NINE + HOUR), UC))[0]
        == "CUSTOMER_WITHOUT_AGREEMENT"
    )


def test_what_ends_soon_is_told_unless_something_follows() -> None:
    ending = replace(SLA, valid_until=NINE + 30 * DAY)
    (gap,) = found_gaps(gap_context(ending, UC))
    assert (gap.code, gap.agreement, gap.customer) == ("AGREEMENT_EXPIRES", "acme", "acme")
    assert gap.detail == "acme ends at Wed 01 Jul 2026 07:00 UTC, and nothing follows it"
    assert gap_codes(gap_context(ending, UC), days=29) == []
    following = replace(SLA, id=UUID(int=20), version=2, valid_from=NINE + 30 * DAY)
    assert gap_codes(gap_context(ending, following, UC)) == []
    too_late = replace(following, valid_from=NINE + 31 * DAY)
    assert gap_codes(gap_context(ending, too_late, UC)) == ["AGREEMENT_EXPIRES"]
    partners = replace(UC, valid_until=NINE + DAY)
    assert [gap.partner for gap in found_gaps(gap_context(SLA, partners))] == ["hosthaven"]


def test_a_partner_who_is_slower_than_the_promise_is_named_with_how_much() -> None:
    """R13: like for like"""
    slow = replace(UC, targets=(resolves(10 * HOUR),))
    (gap,) = found_gaps(gap_context(SLA, slow))
    assert (gap.code, gap.agreement, gap.underpinning) == ("SLOWER_BELOW", "acme", "hosting")
    assert (gap.metric, gap.priority, gap.kind, gap.owner) == ("resolution", "major", None, "anna")
    # Two office hours, and between them a weekend: the one on which the clock is set back.
    assert f"{2 + 63 + 1} hr later" in gap.detail


def test_hours_of_other_calendars_are_no_other_hours() -> None:
    """Eight office hours are sooner than eight round the clock only on paper."""
    around = replace(UC, calendar=ROUND)
    assert gap_codes(gap_context(SLA, around)) == []
    assert gap_codes(gap_context(replace(SLA, calendar=ROUND), UC)) == ["SLOWER_BELOW"]
    days_long = replace(UC, calendar=ROUND, targets=(resolves(24 * HOUR),))
    assert gap_codes(gap_context(SLA, days_long)) == ["SLOWER_BELOW"]  # of one that comes at eight


def test_only_what_both_are_about_is_compared() -> None:
    replies = replace(UC, targets=(Target("first_response", "major", HOUR),))
    assert gap_codes(gap_context(SLA, replies)) == []
    others = replace(UC, targets=(resolves(HOUR, "blocker"),))
    (gap,) = found_gaps(gap_context(SLA, others))
    assert (gap.code, gap.priority) == ("UNPROMISED_BELOW", "major")
    questions = replace(UC, targets=(resolves(8 * HOUR), resolves(20 * HOUR, kind="question")))
    assert [gap.kind for gap in found_gaps(gap_context(SLA, questions))] == ["question"]
    elsewhere = replace(UC, id=UUID(int=13), partner="other", targets=(resolves(99 * HOUR),))
    assert gap_codes(gap_context(SLA, UC, elsewhere)) == []
    naming_billing = replace(elsewhere, services=("billing",))
    assert gap_codes(gap_context(SLA, UC, naming_billing)) == ["SLOWER_BELOW"]
    for_others = replace(UC, customer_id=BRIGHTWATER, targets=(resolves(99 * HOUR),))
    assert gap_codes(gap_context(SLA, UC, for_others)) == []
    slow_team = replace(OLA, services=("hosting",), targets=(resolves(9 * HOUR),))
    assert gap_codes(gap_context(SLA, UC, slow_team)) == ["SLOWER_BELOW"]
    assert gap_codes(gap_context(SLA, UC, replace(slow_team, services=("other",)))) == [
        "SERVICE_UNKNOWN"
    ]


def test_a_chain_and_its_costs_concern_the_customers_above() -> None:
    slow = replace(UC, targets=(resolves(10 * HOUR),), price=Price(Decimal(1500), "EUR"))
    paid = replace(SLA, price=Price(Decimal(1000), "EUR"))
    gaps = found_gaps(gap_context(paid, slow))
    assert [gap.code for gap in gaps] == ["COSTS_EXCEED_PRICE", "SLOWER_BELOW"]
    assert all(gap.concerns("acme") and not gap.concerns("brightwater") for gap in gaps)


def test_answers_to_the_customer_are_never_a_hosts_part() -> None:
    """Only what cannot be kept without those below is compared with them"""
    both = tuple(Target(metric, "major", HOUR) for metric in ("first_response", "update"))
    slower = tuple(replace(one, within=9 * HOUR) for one in both)
    upper = replace(SLA, targets=(*SLA.targets, *both))
    lower = replace(UC, targets=(*UC.targets, *slower))
    assert gap_codes(gap_context(upper, lower)) == []


def test_two_agreements_that_match_equally_are_a_gap() -> None:
    """Neither alphabet nor number decides: the one that was drafted first holds, and people are told"""
    first = replace(SLA, id=UUID(int=20), key="a")
    second = replace(SLA, id=UUID(int=21), key="z", version=7)
    for both in ((first, second), (second, first)):
        context = gap_context(*both, UC)
        (gap,) = found_gaps(context)
        assert (gap.code, gap.customer, gap.agreement) == ("AGREEMENTS_MATCH_EQUALLY", "acme", "a")
        assert context.agreement_for(ACME, "billing") == first
    later = replace(second, valid_from=second.valid_from + DAY)
    assert gap_codes(gap_context(first, later, UC)) == []
    special = replace(second, services=("billing",))
    assert gap_codes(gap_context(first, special, UC)) == []


def test_what_cannot_be_reached_cannot_be_compared() -> None:
    never = replace(UC, targets=(resolves(80 * 366 * 9 * HOUR),))
    assert gap_codes(gap_context(SLA, never)) == ["NOT_COMPARABLE"]


def test_costs_that_exceed_the_price() -> None:
    def price(amount: int, currency: str = "EUR") -> Price:
        return Price(Decimal(amount), currency)

    paid, dear = replace(SLA, price=price(1000)), replace(UC, price=price(1500))
    (gap,) = found_gaps(gap_context(paid, dear))
    assert (gap.code, gap.owner) == ("COSTS_EXCEED_PRICE", "gm")
    assert "costs 1500.00 EUR a month, and it brings 1000.00" in gap.detail
    assert gap_codes(gap_context(paid, replace(UC, price=price(1000)))) == []
    assert gap_codes(gap_context(SLA, dear)) == []
    assert gap_codes(gap_context(SLA, dear, prices={"billing": price(1499)})) == [
        "COSTS_EXCEED_PRICE"
    ]
    dollars = replace(UC, price=price(1, "USD"))
    assert gap_codes(gap_context(paid, dollars)) == ["CURRENCIES_DIFFER"]
    # A second customer pays one half.
    second = replace(paid, id=UUID(int=30), key="bright", customer_id=BRIGHTWATER)
    shared = gap_context(paid, second, dear, customers={ACME: "acme", BRIGHTWATER: "bright"})
    sold = replace(shared.graph, sold_to={"billing": frozenset({"acme", "bright"})})
    assert gap_codes(replace(shared, graph=sold)) == []


def test_what_runs_on_something_retired_is_told() -> None:
    (gap,) = found_gaps(
        gap_context(SLA, UC, retired=frozenset({PROD, Node("environment", "other")}))
    )
    assert (gap.code, gap.environment, gap.owner) == ("RUNS_ON_RETIRED", "acme-prod", "anna")


@settings(max_examples=25, deadline=None)
@given(calendars_near(), calendars_near(), st.integers(1, 30), st.integers(1, 30), st.data())
def test_no_moment_is_worse_than_the_worst(
    ours: tuple[Calendar, datetime],
    theirs: tuple[Calendar, datetime],
    within: int,
    within_below: int,
    data: st.DataObject,
) -> None:
    """The worst case over a year against moments drawn at random from it, exact to a microsecond."""
    upper = Timetable(ours[0]), within * HOUR
    lower = Timetable(theirs[0]), within_below * HOUR
    since = datetime(2026, 1, 1, tzinfo=UTC)
    worst = worst_lateness(upper, lower, since)
    assert worst_lateness(upper, upper, since) <= timedelta(0)
    for _ in range(40):
        at = since + timedelta(minutes=data.draw(st.integers(0, 365 * 1440)))
        late = lower[0].after(at, lower[1]) - upper[0].after(at, upper[1])
        assert late <= worst + timedelta(microseconds=1)
