"""What `opsdesk agreements show` prints of a version: facts, targets and goals.

A customer reads less than our own people do: what an answer leaves out is left out here, too.
"""

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_facts, print_line, print_table
from opsdesk.formatting import format_duration, format_instant

CONDITIONS = {"kind": "kind", "environment_tier": "tier", "channel": "channel"}
SELDOM_NAMED = {"customer_tier": "customers of tier", "tag": "tag"}
"""The conditions of targets with their headings; of the second ones a column where one is named."""
GOALS = ("goal", "credits", "of")


def version_name(version: JSON) -> str:
    return f"{version['key']}, version {version['version']}"


def other_side(version: JSON) -> str:
    """With whom a version is made; those who are covered read of themselves."""
    if version.get("house_default"):
        return "nobody: the default of the house"
    return str(version.get("customer") or version.get("partner") or version.get("team"))


def print_version(version: JSON) -> None:
    """Print what a version promises, and who signed it."""
    print_facts(version_name(version), _facts(version))
    _print_targets(version["targets"])
    if goals := version.get("goals"):
        print_table("Goals of each month", GOALS, (_goal_row(one, version) for one in goals))
        print_line(_cap(version))


def describe_within(seconds: int | None) -> str:
    return "nothing" if seconds is None else format_duration(seconds)


def _facts(version: JSON) -> list[tuple[str, object]]:
    return [
        ("with", other_side(version)),
        ("state", version["state"]),
        ("valid from", format_instant(version["valid_from"])),
        ("until", version["valid_until"] and format_instant(version["valid_until"])),
        ("services", ", ".join(version["services"]) or "all"),
        ("availability", version["availability"] and f"{version['availability']:.3%}"),
        (
            "reserved hours",
            version["reserved_seconds"] and describe_within(version["reserved_seconds"]),
        ),
        ("price of a month", _money(version.get("price"))),
        ("calendars", _calendars(version)),
        ("drafted by", version.get("drafted_by")),
        ("approved by", _signer(version.get("approved"))),
        ("for the other side", _signer(version.get("countersigned"))),
        ("published by", version.get("published_by")),
    ]


def _calendars(version: JSON) -> str | None:
    if "pinned" not in version:
        return None
    return "pinned" if version["pinned"] else "followed to later versions"


def _money(price: JSON | None) -> str | None:
    return None if price is None else f"{price['amount']} {price['currency']}"


def _signer(signature: JSON | None) -> str | None:
    return None if signature is None else f"{signature['by']}, {format_instant(signature['at'])}"


def _print_targets(targets: list[JSON]) -> None:
    named = {
        name: title for name, title in SELDOM_NAMED.items() if any(one.get(name) for one in targets)
    }
    conditions = CONDITIONS | named
    columns = ("metric", "priority", *conditions.values(), "within", "waiting on the customer")
    print_table("Targets", columns, (_target_row(one, tuple(conditions)) for one in targets))


def _target_row(target: JSON, names: tuple[str, ...]) -> tuple[object, ...]:
    conditions = (target.get(name) or "any" for name in names)
    waits = "does not count" if target["pausable"] else "counts"
    own = target["metric"], target["priority"]
    return *own, *conditions, describe_within(target["target_seconds"]), waits


def _goal_row(goal: JSON, version: JSON) -> tuple[object, ...]:
    credits = (
        f"{one['percent']:.6g} % below {one['below'] * 100:.6g} %" for one in goal["credits"]
    )
    return goal["words"], ", ".join(credits) or None, _fee(goal, version)


def _fee(goal: JSON, version: JSON) -> str | None:
    """To what the percentages of a goal's credits refer."""
    if not goal["credits"]:
        return None
    if goal["fee"] is None:
        return "the price"
    return _money({"amount": goal["fee"], "currency": version["price"]["currency"]})


def _cap(version: JSON) -> str:
    cap = version["credit_cap_percent"]
    most = "its price" if cap is None else f"{cap:.6g} % of its price"
    return f"All credits of a month together are at most {most}."
