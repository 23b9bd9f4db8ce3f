"""What sla answers about two versions of an agreement: a difference of every kind."""

from typing import Any

Facts = dict[str, str]


def difference(
    code: str, previous: Facts | None, current: Facts | None, **about: str
) -> dict[str, Any]:
    texts = {"term": f"term {code}", "previous": f"old {code}", "current": f"new {code}"}
    facts = {"previous_parameters": previous, "current_parameters": current}
    return texts | {"code": code, "parameters": about} | facts


DAY, NIGHT = "2026-03-05T23:30:00Z", "2026-03-06T01:00:00Z"
DIFFERENCES: list[dict[str, Any]] = [
    difference("valid_from", {"at": DAY}, {"at": NIGHT}),
    difference("valid_until", {}, {"at": NIGHT}),
    difference("customers", {}, {"names": "acme, other"}),
    difference("services", {"names": "billing"}, {}),
    difference("calendar", {"calendar": "office 1"}, {"calendar": "office 2"}),
    difference("calendar_of", None, {"calendar": "always 1"}, priority="blocker"),
    difference(
        "target",
        {"seconds": "21600", "pausable": "true"},
        {"seconds": "14400", "pausable": "false"},
        metric="resolution",
        priority="blocker",
        kind="incident",
        environment_tier="production",
        channel="portal",
        customer_tier="gold",
        tag="security",
    ),
    difference("warnings", {"percents": "50 75 90"}, {"percents": "80"}),
    difference("warn_before", None, {"lengths": "7200 1800"}),
    difference("timezone", {"zone": "Europe/Amsterdam"}, {"zone": "Europe/Berlin"}),
    difference("availability", {"percent": "99.5"}, {"percent": "99.95"}),
    difference("weekly_maintenance", None, {"calendar": "nights 1"}),
    difference("windows", None, {"windows": f"{DAY}/{NIGHT}"}),
    difference("reserved", {"seconds": "72000"}, {"seconds": "144000"}),
    difference("price", None, {"amount": "13000.00", "currency": "EUR"}),
    difference(
        "goal",
        None,
        {"metric": "resolution", "percent": "95", "priorities": "blocker critical", "service": "b"},
        number="1",
    ),
    difference("credits", None, {"steps": "95:5 90:10", "fee": "1000.5"}, number="1"),
    difference("credit_cap", None, {"percent": "20"}),
    difference("duties", None, {"text": "Name a contact."}),
    {"term": "of next year", "previous": "this", "current": "that"},
]
