"""A contract between two companies with everything that an agreement can say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sla.agreements.documents.contract import ContractContent, ContractNames
from sla.agreements.domain.agreement import Agreement, Target
from sla.agreements.domain.clauses import Maintenance, Price, Prose
from sla.agreements.domain.coverage_extension import Extension
from sla.agreements.domain.goals import CreditStep, Goal
from sla.agreements.domain.lifecycle import Signature, VersionLifecycle
from sla.agreements.domain.outside_party import OutsideParty
from sla.agreements.schemas.responses import to_response
from sla.agreements.store.version_rows import AgreementVersion
from sla.calendars.domain.calendar import DAY, Calendar, parse_hours
from sla.calendars.domain.holiday import public_holidays, translate_holidays
from sla.calendars.domain.zone import read_zone

OFFICE, ROUND, NIGHT = (UUID(int=number) for number in (1, 2, 3))
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZONE = read_zone("Europe/Amsterdam")
WEEK = (parse_hours([("08:00", "17:00")]),) * 5 + ((), ())
HOURS = {
    "first_response": (0.25, 0.5, 2, 4, 9),
    "update": (1, 2, 9, None, None),
    "resolution": (2, 4, 9, 45, None),
}
GOALS = (
    Goal(
        "resolution",
        0.95,
        ("blocker", "major"),
        "billing",
        (CreditStep(0.95, 5), CreditStep(0.9, 12.5)),
        Decimal("400.00"),
    ),
    Goal("availability", 0.9995, credits=(CreditStep(0.999, 10),)),
    Goal("update", 0.9),
)
PRIORITIES = ("blocker", "critical", "major", "minor", "trivial")


def version(**overrides: Any) -> Agreement:
    """The third version of Acme's agreement; from and until midnight in Amsterdam."""
    targets = tuple(
        Target(metric, priority, None if hours is None else hours * HOUR, metric == "resolution")  # type: ignore[arg-type]  # the names of metrics
        for metric, row in HOURS.items()
        for priority, hours in zip(PRIORITIES, row, strict=True)
    )
    own = Target("resolution", "major", 90 * HOUR, kind="change_request")
    terms: dict[str, Any] = {
        "id": UUID(int=9),
        "key": "acme-standard",
        "version": 3,
        "customer_id": UUID(int=0xAC),
        "valid_from": datetime(2025, 12, 31, 23, tzinfo=UTC),
        "valid_until": datetime(2026, 12, 31, 23, tzinfo=UTC),
        "targets": (*targets, own),
        "calendar": OFFICE,
        "calendars": {"blocker": ROUND, "critical": ROUND},
        "services": ("billing", "portal"),
        "warning_lead_times": (2 * HOUR,),
        "timezone": "Europe/Amsterdam",
        "availability": 0.9995,
        "maintenance": Maintenance(
            NIGHT,
            ((datetime(2026, 6, 6, 20, tzinfo=UTC), datetime(2026, 6, 6, 23, tzinfo=UTC)),),
        ),
        "reserved": 40 * HOUR,
        "price": Price(Decimal("1200.50"), "EUR"),
        "prose": Prose(
            "5 % of the price for each <missed> month,\nat most 20 % a year.\n\nNo more than that.",
            "Acme names a service owner.",
            "",
            "Name a contact who can decide.",
        ),
    }
    return Agreement(**terms | overrides)


def calendars(language: str) -> dict[UUID, Calendar]:
    """Its hours, with the holidays of the Netherlands in this language."""
    years = range(2026, 2029)
    named = public_holidays("NL", None, years) | {date(2026, 5, 15): "holiday"}
    holidays = translate_holidays(named, "NL", language, years)
    office = Calendar(
        ZONE,
        WEEK,
        holidays,
        {date(2026, 12, 24): parse_hours([("08:00", "12:00")])},
        {date(2026, 6, 10): parse_hours([("12:00", "14:00")])},
    )
    round_the_clock = replace(
        Calendar(ZONE, (((0, DAY),),) * 7), holidays={}, overrides={}, breaks={}
    )
    night = Calendar(ZONE, (*((),) * 6, parse_hours([("22:00", "02:00")])))
    return {OFFICE: office, ROUND: round_the_clock, NIGHT: night}


def lifecycle(**overrides: Any) -> VersionLifecycle:
    """Signed by two of our own people, the second for the customer."""
    signed: dict[str, Any] = {
        "state": "published",
        "provider_signature": Signature("theo", AT),
        "counter_signature": Signature("gina", AT + HOUR),
        "publication": Signature("gina", AT + 2 * HOUR),
    }
    return VersionLifecycle(Signature("theo", AT), **signed | overrides)


def content(
    language: str, seen_by: str | None = None, signed: VersionLifecycle | None = None, **terms: Any
) -> ContractContent:
    """What the paper shows in this language to staff, or to a customer (a key)."""
    agreement = version(**terms)
    keys = ("acme", "brightwater") if agreement.customer_id else ()
    covered = keys[: len(agreement.customers)]
    stored = AgreementVersion(agreement, UUID(int=8), covered, 1, signed or lifecycle())
    extension = Extension(
        UUID(int=7),
        datetime(2026, 6, 13, 6, tzinfo=UTC),
        datetime(2026, 6, 13, 18, tzinfo=UTC),
        ("major", "minor"),
        "go-live of the new portal",
        "theo",
        AT,
    )
    return ContractContent(
        agreement,
        to_response(stored, None if seen_by is None else OutsideParty("customer", seen_by)),
        stored.lifecycle,
        calendars(language),
        [extension],
        ContractNames(
            customers={"acme": "Acme Bouwgroep B.V.", "brightwater": "Brightwater Ltd"},
            services={"billing": "Billing", "portal": "Customer portal"},
            people={"theo": "Theo van den Berg", "gina": "Gina Rossi"},
            partner=agreement.partner and "HostHaven S.A.",
            provider="Northwind Support GmbH",
        ),
        AT,
    )
