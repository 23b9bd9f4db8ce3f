"""Words in reviews: states of deliveries, reasons of breaches, comparisons of months. Pure."""

DELIVERY_STATE_NAMES = {
    "evaluating": "being checked",
    "in_review": "in review",
    "approved": "approved",
    "deferred": "deferred",
    "delivering": "being delivered",
    "verifying": "being verified",
    "delivered": "delivered",
    "rolled_back": "rolled back",
    "refused": "refused",
}
BREACH_REASONS = {
    "deadline": "The target time ran out",
    "target_changed": "A change of priority or agreement moved the deadline into the past",
    "tags_changed": "A tag moved the deadline into the past",
    "reclassified": "The ticket was corrected, and its deadline had passed by then",
}


def compare_counts(current: int, previous: int) -> str:
    """The difference of two counts in words: `3 more than the month before`."""
    if current == previous:
        return "as in the month before"
    return f"{abs(current - previous)} {'more' if current > previous else 'fewer'} than the month before"


def compare_shares(current: float | None, previous: float | None) -> str:
    """The difference of two shares in words, in percentage points."""
    if current is None or previous is None:
        return "nothing to compare with"
    difference = round((current - previous) * 100, 1)
    if not difference:
        return "as in the month before"
    return f"{'up' if difference > 0 else 'down'} {abs(difference):g} points on the month before"


GOAL_STATES = {
    "met": "met",
    "missed": "missed",
    "none": "nothing to judge",
    "on_track": "on track",
    "at_risk": "at risk",
    "lost": "can no longer be met",
}
"""The states of a goal, in words."""

VERDICT_NAMES = {"met": "met", "breached": "breached", "unmeasured": "not measured"}
"""The verdict on a promised figure, in words."""
