"""Views of what was promised and permitted: customers, agreements, waivers. One row per fact."""

from common.persistence.bi_views import Shown, View

CUSTOMERS = View(
    "customers",
    "Customers: one row each.",
    "customers",
    (
        Shown("customer_id", "id of the customer, the same in every service", "id"),
        Shown("customer", "key, as people say it aloud", "key"),
        Shown("name", "name of the company"),
        Shown("day_zone", "time zone in which their days are counted"),
        Shown("retired", "whether they are customers no more"),
    ),
)
AGREEMENTS = View(
    "agreements",
    "Versions of agreements: one row each.",
    "agreement_versions v JOIN agreements a ON a.id = v.agreement_id",
    (
        Shown("agreement_version_id", "id of the version", "v.id"),
        Shown("agreement", "key of the agreement", "a.key"),
        Shown("version", "counts from 1", "v.version"),
        Shown("contract", "sla (customer), ola (own team), uc (partner)", "a.contract"),
        Shown(
            "customer_id",
            "customer with whom it is made; null where it serves all",
            "a.customer_id",
        ),
        Shown("partner", "the other side of a uc", "a.partner"),
        Shown("team", "the other side of an ola", "a.team"),
        Shown("state", "draft, proposed, agreed, published, superseded, withdrawn", "v.state"),
        Shown("valid_from", "instant", "v.valid_from"),
        Shown("valid_until", "instant, not included; null: without end", "v.valid_until"),
        Shown("services", "keys of the services; none: all of them", "v.services"),
        Shown(
            "availability",
            "promised share of the service time, 0 to 1; null: none",
            "(v.promises ->> 'availability')::float8",
        ),
        Shown(
            "reserved_seconds",
            "hours reserved per month; null: none",
            "(v.promises ->> 'reserved_seconds')::bigint",
        ),
        Shown("published_at", "instant; null before", "v.published_at"),
    ),
)
WAIVERS = View(
    "waivers",
    "Waivers, the general manager's approvals of violations: one row each.",
    "waivers",
    (
        Shown("waiver_id", "id of the waiver", "id"),
        Shown("waiver", "what people call it: WVR-17", "key"),
        Shown("clock_id", "see sla_clocks; null where it covers a period"),
        Shown("customer", "key of the customer"),
        Shown("service", "key of the service; null of a period that covers all"),
        Shown("starts_at", "instant; of a period: the first at which a breach is covered"),
        Shown("ends_at", "instant; of a period: a breach at or after it is not covered"),
        Shown("requested_by", "sub of who asked"),
        Shown("requested_at", "instant"),
        Shown("expires_at", "instant; a breach at or after it is not covered"),
        Shown("state", "requested, approved, refused, or as it ended"),
        Shown("decided_by", "sub of the general manager; never who asked"),
        Shown("decided_at", "instant"),
        Shown("late", "approved after the deadline: it changed nothing"),
        Shown("ended_at", "instant at which it was revoked or withdrawn"),
    ),
)
VIEWS = (CUSTOMERS, AGREEMENTS, WAIVERS)
