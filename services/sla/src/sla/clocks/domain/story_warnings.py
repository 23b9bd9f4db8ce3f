"""Warnings of a clock in words. Pure."""

from common.wording import format_duration
from sla.clocks.domain.clock import Firing


def warning_facts(firing: Firing) -> tuple[str, dict[str, str]]:
    """Return the code of a warning, and how much was used up, or how long before the deadline it came."""
    threshold = firing.kind.removeprefix("warning_")
    if threshold.replace(".", "").isdigit():
        return "warned_share", {"used_percent": threshold}
    seconds = threshold.removesuffix("s_before")
    return ("warned_before", {"before_seconds": seconds}) if seconds.isdigit() else ("", {})


def describe_warning(firing: Firing) -> str:
    """A warning in words: `warned, 50 % used up`."""
    threshold = firing.kind.removeprefix("warning_")
    if threshold.replace(".", "").isdigit():
        return f"warned, {threshold} % used up"
    seconds = threshold.removesuffix("s_before")
    before = format_duration(int(seconds)) if seconds.isdigit() else threshold.replace("_", " ")
    return f"warned, {before} before the deadline"
