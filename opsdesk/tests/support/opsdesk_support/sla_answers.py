"""What sla answers about what people do by hand there."""

from opsdesk.api_client import JSON
from opsdesk_support.terminal import page_of

AT = "2026-06-01T07:00:00Z"
OUTAGE: JSON = {
    "key": "OUT-7",
    "corrections": [{"id": "c1", "state": "requested"}, {"id": "c2", "state": "refused"}],
}
RULE: JSON = {
    "effect": "down",
    "source": "monitoring",
    "levels": ["critical"],
    "monitors": [],
    "environments": [],
    "tiers": [],
    "services": [],
    "name_prefix": "",
}
RULES: JSON = {"version": 1, "rules": [RULE], "waiting": {"requested_by": "theo"}}
MAINTENANCE: JSON = {
    "key": "MW-3",
    "title": "New disks",
    "customer": "acme",
    "environment": "acme-prod",
    "service": None,
    "starts_at": AT,
    "ends_at": "2026-06-01T09:00:00Z",
    "agreed_at": None,
    "cancelled_at": None,
}
SIGNED: JSON = {"by": "theo", "at": AT}
AGREEMENT: JSON = {
    "id": "v2",
    "key": "house",
    "version": 2,
    "contract": "sla",
    "house_default": True,
    "customer": None,
    "partner": None,
    "team": None,
    "state": "proposed",
    "valid_from": AT,
    "valid_until": None,
    "services": [],
    "availability": 0.999,
    "reserved_seconds": 36000,
    "pinned": False,
    "drafted_by": "theo",
    "approved": SIGNED,
    "countersigned": None,
    "published_by": None,
    "targets": [
        {
            "metric": "resolution",
            "priority": "major",
            "kind": None,
            "environment_tier": "production",
            "channel": None,
            "target_seconds": 28800,
            "pausable": True,
        }
    ],
}
CALENDAR: JSON = {
    "id": "c2",
    "key": "office",
    "version": 2,
    "state": "proposed",
    "effective_from": AT,
    "created_by": "theo",
    "published_by": None,
    "definition": {
        "timezone": "Europe/Amsterdam",
        "weekly": {"mon": [["08:00", "17:00"]]},
        "holidays": {"2026-12-25": "Christmas Day"},
    },
}
ENTRY: JSON = {
    "key": "WRK-7",
    "day": "2026-06-01",
    "person": "anna",
    "minutes": 30,
    "rate": "standard",
    "created_by": "anna",
    "created_at": AT,
    "reason": None,
}
WAIVER: JSON = {
    "key": "WVR-3",
    "clock_id": None,
    "service": None,
    "customer": "acme",
    "state": "revoked",
    "late": False,
}
MATCH: JSON = {
    "candidates": [{"key": "house", "version": 2, "outcome": "chosen", "reason": "it is for all"}],
    "terms": [{"metric": "resolution", "target_seconds": 28800, "reason": "for every kind"}],
}
EXTENSION: JSON = {
    "id": "e1",
    "starts_at": AT,
    "ends_at": "2026-06-01T09:00:00Z",
    "priorities": ["blocker"],
    "reason": "A go-live",
    "created_by": "theo",
    "ended_from": None,
}
COMMENT: JSON = {"created_at": AT, "created_by": "jan", "comment": "Eight hours are long"}
ANSWERS: JSON = {
    "GET /v1/agreements/house/extensions": page_of(EXTENSION),
    "POST /v1/agreements/house/extensions": EXTENSION,
    "POST /v1/agreements/house/extensions/e1/end": EXTENSION,
    "GET /v1/agreements/house/comments": page_of(COMMENT),
    "POST /v1/agreements/house/comments": COMMENT,
    "GET /v1/outages/OUT-7": OUTAGE,
    "POST /v1/outages/OUT-7/corrections": {},
    "POST /v1/outages/OUT-7/corrections/c1/confirm": {},
    "POST /v1/outages/OUT-7/corrections/c1/refuse": {},
    "GET /v1/outage-rules": RULES,
    "POST /v1/outage-rules/confirm": RULES | {"waiting": None},
    "GET /v1/maintenance": page_of(MAINTENANCE),
    "GET /v1/maintenance/MW-3": MAINTENANCE,
    "POST /v1/maintenance": MAINTENANCE,
    "POST /v1/maintenance/MW-3/agree": MAINTENANCE | {"agreed_at": AT},
    "POST /v1/maintenance/MW-3/move": MAINTENANCE,
    "POST /v1/maintenance/MW-3/cancel": MAINTENANCE | {"cancelled_at": AT},
    "GET /v1/agreements": page_of(AGREEMENT),
    "GET /v1/agreements/house": AGREEMENT,
    "GET /v1/agreements/matching": MATCH,
    "POST /v1/agreements": AGREEMENT | {"state": "draft"},
    "PUT /v1/agreements/house": AGREEMENT,
    "POST /v1/agreements/house/termination": {},
    "POST /v1/agreements/house/termination/confirm": {},
    "DELETE /v1/agreements/house/termination": {},
    "POST /v1/agreements/house/move-open-clocks": {},
    "GET /v1/calendars": page_of(CALENDAR),
    "GET /v1/calendars/office": CALENDAR,
    "POST /v1/calendars": CALENDAR,
    "POST /v1/calendars/office/icalendar": CALENDAR,
    "POST /v1/calendars/office/publish": CALENDAR | {"state": "published"},
    "POST /v1/calendars/office/withdraw": CALENDAR | {"state": "withdrawn"},
    "GET /v1/time-entries": page_of(ENTRY),
    "POST /v1/time-entries": ENTRY,
    "POST /v1/time-entries/WRK-7/corrections": ENTRY | {"minutes": -10},
    "POST /v1/waivers/WVR-3/revoke": WAIVER,
    "POST /v1/waivers/WVR-3/withdraw": WAIVER | {"state": "withdrawn"},
}
STEPS = ("propose", "revise", "withdraw", "approve", "publish")
