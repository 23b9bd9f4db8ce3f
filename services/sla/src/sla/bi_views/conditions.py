"""Views of what was promised and permitted: customers, agreements, waivers. One row per fact."""

from common.persistence.bi_views import Column, View

CUSTOMERS = View(
    "customers",
    "Customers: one row each.",
    "customers",
    (
        Column("customer_id", "id of the customer, the same in every service", "id"),
        Column("customer", "key, as people say it aloud", "key"),
        Column("name", "name of the company"),
        Column("day_zone", "time zone in which their days are counted"),
        Column("retired", "whether they are customers no more"),
    ),
)
AGREEMENTS = View(
    "agreements",
    "Versions of agreements: one row each.",
    "agreement_versions v JOIN agreements a ON a.id = v.agreement_id",
    (
        Column("agreement_version_id", "id of the version", "v.id"),
        Column("agreement", "key of the agreement", "a.key"),
        Column("version", "counts from 1", "v.version"),
        Column("contract", "sla (customer), ola (own team), uc (partner)", "a.contract"),
        Column(
            "customer_id",
            "customer with whom it is made; null where it serves all",
            "a.customer_id",
        ),
        Column("partner", "the other side of a uc", "a.partner"),
        Column("team", "the other side of an ola", "a.team"),
        Column("state", "draft, proposed, agreed, published, superseded, withdrawn", "v.state"),
        Column("valid_from", "instant", "v.valid_from"),
        Column("valid_until", "instant, not included; null: without end", "v.valid_until"),
        Column("services", "keys of the services; none: all of them", "v.services"),
        Column(
            "availability",
            "promised share of the service time, 0 to 1; null: none",
            "(v.promises ->> 'availability')::float8",
        ),
        Column(
            "reserved_seconds",
            "hours reserved per month; null: none",
            "(v.promises ->> 'reserved_seconds')::bigint",
        ),
        Column("published_at", "instant; null before", "v.published_at"),
    ),
)
WAIVERS = View(
    "waivers",
    "Waivers, the general manager's approvals of violations: one row each.",
    "waivers",
    (
        Column("waiver_id", "id of the waiver", "id"),
        Column("waiver", "what people call it: WVR-17", "key"),
        Column("clock_id", "see sla_clocks; null where it covers a period"),
        Column("customer", "key of the customer"),
        Column("service", "key of the service; null of a period that covers all"),
        Column("starts_at", "instant; of a period: the first at which a breach is covered"),
        Column("ends_at", "instant; of a period: a breach at or after it is not covered"),
        Column("requested_by", "sub of who asked"),
        Column("requested_at", "instant"),
        Column("expires_at", "instant; a breach at or after it is not covered"),
        Column("state", "requested, approved, refused, or as it ended"),
        Column("decided_by", "sub of the general manager; never who asked"),
        Column("decided_at", "instant"),
        Column("late", "approved after the deadline: it changed nothing"),
        Column("ended_at", "instant at which it was revoked or withdrawn"),
    ),
)
VIEWS = (CUSTOMERS, AGREEMENTS, WAIVERS)
