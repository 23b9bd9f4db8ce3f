"""The table of permissions and who holds them. What is not in it, nobody may do.

A row names roles of people and scopes of machines. A customer's contact holds a permission for the
data of their own customer only (`Caller.can_see`), a partner's person for the partner's own contracts
only (`Caller.partner`). Rows are sorted.
"""

from typing import Final

CUSTOMER: Final = "customer"
PARTNER: Final = "partner"
PORTAL: Final = "portal"

STAFF: Final = ("dm", "gm", "ops", "po", "qc", "second_level", "tom")
"""The roles of our own people."""

ROLES: Final = frozenset({*STAFF, PARTNER, CUSTOMER})
SCOPES: Final = frozenset(
    {
        "alerts:write",
        "callers:read",
        "chats:write",
        "checks:write",
        "deliveries:write",
        "emails:write",
        "environments:report",
        "linked-tickets:write",
        "samples:write",
        "tickets:write",
        "versions:write",
        PORTAL,
    }
)

PERMISSIONS: Final[dict[str, frozenset[str]]] = {
    permission: frozenset(holders)
    for permission, holders in {
        "access-requests:approve": ("dm", "gm", "tom"),
        "access-requests:request": STAFF,
        "actions:verify": STAFF,
        "actions:work": STAFF,
        "agreements:comment": (*STAFF, CUSTOMER),
        "agreements:read": (*STAFF, CUSTOMER),
        "agreements:sign": ("gm", "tom", CUSTOMER),
        "agreements:write": ("gm", "tom"),
        "alerts:write": ("alerts:write",),
        "articles:publish": STAFF,
        "articles:rate": (*STAFF, CUSTOMER),
        "articles:read": (*STAFF, CUSTOMER),
        "articles:write": STAFF,
        "audit:read": ("gm", "qc", "tom"),
        "backlog:work": ("po",),
        "calendars:write": ("gm", "tom"),
        "callers:read": (*STAFF, "callers:read"),
        "catalogue:assess": STAFF,
        "catalogue:read": (*STAFF, CUSTOMER),
        "catalogue:write": ("gm", "tom"),
        "change-requests:decide": (CUSTOMER,),
        "change-requests:plan": ("dm", "ops", "po", "second_level", "tom"),
        "chats:write": ("ops", "chats:write"),
        "checks:write": ("checks:write",),
        "clocks:read": (*STAFF, CUSTOMER),
        "clocks:work": ("ops", "tom"),
        "contacts:erase": ("gm", "tom"),
        "contacts:export": ("gm", "tom"),
        "deliveries:confirm": ("dm", "gm", "ops", "second_level", "tom"),
        "deliveries:read": (*STAFF, "deliveries:write"),
        "deliveries:review": ("ops", "tom"),
        "deliveries:run": ("ops", "second_level", "tom", "deliveries:write"),
        "deliveries:submit": ("dm", "po", "deliveries:write"),
        "directory:read": (*STAFF,),
        "directory:write": ("ops", "tom"),
        "emails:write": ("emails:write",),
        "emergencies:authorize": ("dm", "gm", "ops", "tom"),
        "emergencies:work": ("ops", "second_level", "tom"),
        "environments:read": (*STAFF, CUSTOMER),
        "environments:report": ("environments:report", "ops"),
        "escalations:acknowledge": STAFF,
        "escalations:read": STAFF,
        "escalations:work": STAFF,
        "evidence:read": STAFF,
        "follow-ups:confirm": STAFF,
        "follow-ups:work": STAFF,
        "forecasts:read": STAFF,
        "forecasts:work": STAFF,
        "hand-overs:acknowledge": ("dm", "po"),
        "leadership:read": ("dm", "gm", "po", "tom"),
        "linked-systems:read": STAFF,
        "linked-systems:write": ("gm", "tom"),
        "linked-tickets:write": ("linked-tickets:write",),
        "maintenance:agree": (*STAFF, CUSTOMER),
        "maintenance:write": ("dm", "ops", "tom"),
        "message-templates:write": ("dm", "ops", "po", "tom"),
        "messages:check": STAFF,
        "notices:choose": (CUSTOMER,),
        "notices:send": ("dm", "ops", "tom"),
        "oncall:ask": (*STAFF, "callers:read"),
        "oncall:read": STAFF,
        "oncall:write": ("gm", "ops", "tom"),
        "outage-rules:read": STAFF,
        "outages:configure": ("gm", "tom"),
        "outages:confirm": ("dm", "gm", "ops", "tom"),
        "outages:read": (*STAFF, CUSTOMER),
        "outages:write": ("ops", "second_level", "tom"),
        "policies:read": STAFF,
        "policies:write": ("gm", "tom"),
        "priorities:configure": ("gm", "tom"),
        "promises:read": (*STAFF, CUSTOMER, PARTNER),
        "punctuality:read": STAFF,
        "queue:read": STAFF,
        "rate-cards:write": ("gm", "tom"),
        "reports:read": (*STAFF, CUSTOMER),
        "request-forms:read": (*STAFF, CUSTOMER),
        "request-forms:write": ("gm", "po", "tom"),
        "responsibilities:write": ("gm", "tom"),
        "reviews:read": (*STAFF, CUSTOMER),
        "reviews:write": ("dm", "gm", "ops", "tom"),
        "samples:write": ("samples:write",),
        "series:write": ("gm", "tom"),
        "simulated-time:move": STAFF,
        "status:read": (*STAFF, CUSTOMER),
        "tickets:escalate": (CUSTOMER,),
        "tickets:import": ("gm", "tom"),
        "tickets:open": (*STAFF, CUSTOMER, "tickets:write"),
        "tickets:rate": (CUSTOMER,),
        "tickets:read": (*STAFF, CUSTOMER),
        "tickets:reply": (*STAFF, CUSTOMER),
        "tickets:verify": STAFF,
        "tickets:work": ("ops", "second_level", "tom"),
        "time-entries:read": STAFF,
        "time-entries:write": ("dm", "ops", "second_level", "tom"),
        "tokens:revoke": ("gm", "tom"),
        "versions:read": (*STAFF, "versions:write"),
        "versions:write": ("po", "versions:write"),
        "waiting:read": (*STAFF, CUSTOMER),
        "waivers:approve": ("gm",),
        "waivers:read": STAFF,
        "waivers:request": STAFF,
    }.items()
}


def is_allowed(roles: frozenset[str], scopes: frozenset[str], permission: str) -> bool:
    """Return whether these roles and scopes hold the permission. Nobody holds an unknown one."""
    holders = PERMISSIONS.get(permission, frozenset())
    # Separately, so that a role with the name of a scope permits nothing.
    return not (holders & ROLES).isdisjoint(roles) or not (holders & SCOPES).isdisjoint(scopes)


def permissions_markdown() -> str:
    """Format the table for the docs: a row per permission, a column per role, then the scopes."""
    roles = sorted(ROLES)
    lines = [f"| permission | {' | '.join(roles)} | scopes |", "|---" * (len(roles) + 2) + "|"]
    for permission, holders in sorted(PERMISSIONS.items()):
        marks = ["x" if role in holders else "" for role in roles]
        scopes = " ".join(f"`{scope}`" for scope in sorted(holders & SCOPES))
        lines.append(f"| `{permission}` | {' | '.join(marks)} | {scopes} |")
    return "\n".join(lines) + "\n"
