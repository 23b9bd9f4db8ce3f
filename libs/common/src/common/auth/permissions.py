"""The one table of permissions: who holds each. What is not in it, nobody may do.

A row names roles of people and scopes of machines. A customer's contact holds a permission for the
own customer's data only (`Caller.sees`), whatever the row says. Keep the rows sorted.
"""

from typing import Final

CUSTOMER: Final = "customer"
PORTAL: Final = "portal"

OFFICE: Final = ("dm", "gm", "ops", "po", "qc", "second_level", "tom")
"""Everybody who works in the house."""

ROLES: Final = frozenset({*OFFICE, "partner", CUSTOMER})
SCOPES: Final = frozenset(
    {
        "alerts:write",
        "checks:write",
        "deliveries:write",
        "emails:write",
        "environments:report",
        "samples:write",
        "tickets:write",
        "versions:write",
        PORTAL,
    }
)

PERMISSIONS: Final[dict[str, frozenset[str]]] = {
    permission: frozenset(holders)
    for permission, holders in {
        "actions:verify": OFFICE,
        "actions:work": OFFICE,
        "agreements:comment": (*OFFICE, CUSTOMER),
        "agreements:read": (*OFFICE, CUSTOMER),
        "agreements:sign": ("gm", "tom", CUSTOMER),
        "agreements:write": ("gm", "tom"),
        "alerts:write": ("alerts:write",),
        "audit:read": ("gm", "qc", "tom"),
        "calendars:write": ("gm", "tom"),
        "catalogue:assess": OFFICE,
        "catalogue:read": (*OFFICE, CUSTOMER),
        "catalogue:write": ("gm", "tom"),
        "checks:write": ("checks:write",),
        "clocks:read": (*OFFICE, CUSTOMER),
        "clocks:work": ("ops", "tom"),
        "deliveries:confirm": ("dm", "gm", "ops", "second_level", "tom"),
        "deliveries:read": (*OFFICE, "deliveries:write"),
        "deliveries:review": ("ops", "tom"),
        "deliveries:run": ("ops", "second_level", "tom", "deliveries:write"),
        "deliveries:submit": ("dm", "po", "deliveries:write"),
        "directory:read": (*OFFICE,),
        "directory:write": ("ops", "tom"),
        "emails:write": ("emails:write",),
        "emergencies:authorize": ("dm", "gm", "ops", "tom"),
        "emergencies:work": ("ops", "second_level", "tom"),
        "environments:read": (*OFFICE, CUSTOMER),
        "environments:report": ("environments:report", "ops"),
        "escalations:acknowledge": OFFICE,
        "escalations:read": OFFICE,
        "escalations:work": OFFICE,
        "followups:confirm": OFFICE,
        "followups:work": OFFICE,
        "forecasts:read": OFFICE,
        "forecasts:work": OFFICE,
        "leadership:read": ("dm", "gm", "po", "tom"),
        "maintenance:agree": (*OFFICE, CUSTOMER),
        "maintenance:write": ("dm", "ops", "tom"),
        "measures:write": ("gm", "tom"),
        "oncall:read": OFFICE,
        "oncall:write": ("gm", "ops", "tom"),
        "outages:confirm": ("dm", "gm", "ops", "tom"),
        "outages:read": (*OFFICE, CUSTOMER),
        "outages:rule": ("gm", "tom"),
        "outages:write": ("ops", "second_level", "tom"),
        "policies:read": OFFICE,
        "policies:write": ("gm", "tom"),
        "punctuality:read": OFFICE,
        "rates:write": ("gm", "tom"),
        "reports:read": (*OFFICE, CUSTOMER),
        "reviews:read": (*OFFICE, CUSTOMER),
        "reviews:write": ("dm", "gm", "ops", "tom"),
        "samples:write": ("samples:write",),
        "simulated-time:move": OFFICE,
        "status:read": (*OFFICE, CUSTOMER),
        "tickets:open": (*OFFICE, CUSTOMER, "tickets:write"),
        "tickets:read": (*OFFICE, CUSTOMER),
        "tickets:reply": (*OFFICE, CUSTOMER),
        "tickets:verify": OFFICE,
        "tickets:work": ("ops", "second_level", "tom"),
        "tokens:revoke": ("gm", "tom"),
        "versions:read": (*OFFICE, "versions:write"),
        "versions:write": ("po", "versions:write"),
        "waivers:approve": ("gm",),
        "waivers:read": OFFICE,
        "waivers:request": OFFICE,
        "work:read": OFFICE,
        "work:write": ("dm", "ops", "second_level", "tom"),
    }.items()
}


def may(roles: frozenset[str], scopes: frozenset[str], permission: str) -> bool:
    """Whether a caller with these roles and scopes holds the permission. Unknown ones: nobody."""
    holders = PERMISSIONS.get(permission, frozenset())
    # Apart, so that a role that is called like a scope opens nothing.
    return not (holders & ROLES).isdisjoint(roles) or not (holders & SCOPES).isdisjoint(scopes)


def as_markdown() -> str:
    """The table for the docs: a row per permission, a column per role, the scopes last."""
    roles = sorted(ROLES)
    lines = [
        f"| permission | {' | '.join(roles)} | scopes |",
        "|---" * (len(roles) + 2) + "|",
    ]
    for permission, holders in sorted(PERMISSIONS.items()):
        marks = ["x" if role in holders else "" for role in roles]
        scopes = " ".join(f"`{scope}`" for scope in sorted(holders & SCOPES))
        lines.append(f"| `{permission}` | {' | '.join(marks)} | {scopes} |")
    return "\n".join(lines) + "\n"
